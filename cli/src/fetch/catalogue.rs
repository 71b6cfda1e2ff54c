//! The data sets that can be fetched: from where, what they must be, and on which terms.

use clap::ValueEnum;

use super::sum::Sum;

/// A data set by the name that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Labeled Faces in the Wild: photographs and attribute scores.
    Lfw,
    /// Handwritten digits: 60,000 and 10,000 images with labels.
    Mnist,
}

impl Name {
    pub fn data_set(self) -> &'static DataSet {
        match self {
            Self::Lfw => &LFW,
            Self::Mnist => &MNIST,
        }
    }

    /// As it is typed, which is also the folder's name.
    pub fn word(self) -> &'static str {
        self.data_set().name
    }
}

pub struct DataSet {
    pub name: &'static str,
    pub title: &'static str,
    pub terms: &'static str,
    pub items: &'static [Item],
}

/// One file of a data set.
pub struct Item {
    /// What it is, for messages.
    pub what: &'static str,
    /// The name it gets.
    pub target: &'static str,
    /// Other names under which the library finds the same, most wanted first.
    pub also: &'static [&'static str],
    /// Names under which it is handed round, most wanted first.
    pub handed_round: &'static [&'static str],
    pub kind: Kind,
    /// How large it is, in words.
    pub size: &'static str,
    /// More bytes than this are something else.
    pub largest: u64,
    pub addresses: &'static [Address],
}

/// What an item's content must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEGs named `Person_Name_0001.jpg` in an archive.
    Photographs,
    /// The table of attribute scores.
    Attributes,
    /// A gzip file of numbers in the IDX format.
    Digits {
        /// The sizes that its header names.
        shape: &'static [u32],
        /// The SHA-256 of the unpacked content, which another packing does not change.
        content: Sum,
    },
}

pub struct Address {
    pub url: &'static str,
    /// The sum that somebody publishes for the file there.
    pub sum: Option<Sum>,
    /// What a reader should know before using this one.
    pub note: &'static str,
}

const fn address(url: &'static str, sum: Option<Sum>) -> Address {
    Address { url, sum, note: "" }
}

const MEGABYTE: u64 = 1_000_000;

/// Sums: MD5 of the deep-funneled archive as the data set's page and torchvision name it, of its zip as R's torchvision
/// does, SHA-256 of the others as scikit-learn does. No one publishes a sum of the table of attributes.
static LFW: DataSet = DataSet {
    name: "lfw",
    title: "Labeled Faces in the Wild, with attribute scores",
    terms: "for research; may not be handed on",
    items: &[
        Item {
            what: "photographs",
            target: "lfw-deepfunneled.zip",
            also: &["lfw-deepfunneled", "lfw_funneled", "lfw-funneled.zip", "lfw.zip"],
            handed_round: &[
                "lfw-deepfunneled.zip",
                "lfw-deepfunneled.tgz",
                "lfw-deepfunneled.tar.gz",
                "lfw-deepfunneled",
                "lfw-funneled.zip",
                "lfw-funneled.tgz",
                "lfw_funneled",
                "lfw.zip",
                "lfw.tgz",
            ],
            kind: Kind::Photographs,
            size: "110 MB (some mirrors: up to 243 MB)",
            largest: 1000 * MEGABYTE,
            addresses: &[
                address("https://sds365.s3.amazonaws.com/lfw/lfw-deepfunneled.zip", None),
                address(
                    "http://vis-www.cs.umass.edu/lfw/lfw-deepfunneled.tgz",
                    Some(Sum::md5("68331da3eb755a505a502b5aacb3c201")),
                ),
                address(
                    "https://huggingface.co/datasets/JimmyUnleashed/LFW/resolve/main/lfw-deepfunneled.zip",
                    Some(Sum::md5("e782a3d6f143c8964f531d0a5af1201a")),
                ),
                address(
                    "https://web.archive.org/web/20231118124720if_/https://vis-www.cs.umass.edu/lfw/lfw-deepfunneled.tgz",
                    Some(Sum::md5("68331da3eb755a505a502b5aacb3c201")),
                ),
                Address {
                    url: "https://ndownloader.figshare.com/files/5976015",
                    sum: Some(Sum::sha256(
                        "b47c8422c8cded889dc5a13418c4bc2abbda121092b3533a83306f90d900100a",
                    )),
                    note: "the same photographs, aligned by funneling without a network",
                },
                Address {
                    url: "https://ndownloader.figshare.com/files/5976018",
                    sum: Some(Sum::sha256(
                        "055f7d9c632d7370e6fb4afc7468d40f970c34a80d4c6f50ffec63f5a8d536c0",
                    )),
                    note: "the same photographs, not aligned",
                },
            ],
        },
        Item {
            what: "attribute scores",
            target: "lfw_attributes.txt",
            also: &[],
            handed_round: &["lfw_attributes.txt"],
            kind: Kind::Attributes,
            size: "some 15 MB",
            largest: 100 * MEGABYTE,
            addresses: &[
                address("https://sds365.s3.amazonaws.com/lfw/lfw_attributes.txt", None),
                address(
                    "https://www.cs.columbia.edu/CAVE/databases/pubfig/download/lfw_attributes.txt",
                    None,
                ),
            ],
        },
    ],
};

/// One of MNIST's files with the sums that its mirrors' users publish.
macro_rules! digits {
    ($what:literal, $file:literal, $size:literal, $shape:expr, $packed:literal, $content:literal) => {
        Item {
            what: $what,
            target: $file,
            also: &[],
            handed_round: &[$file],
            kind: Kind::Digits { shape: $shape, content: Sum::sha256($content) },
            size: $size,
            largest: 60 * MEGABYTE,
            addresses: &[
                address(
                    concat!("https://ossci-datasets.s3.amazonaws.com/mnist/", $file),
                    Some(Sum::sha256($packed)),
                ),
                address(
                    concat!("https://storage.googleapis.com/cvdf-datasets/mnist/", $file),
                    Some(Sum::sha256($packed)),
                ),
            ],
        }
    };
}

static MNIST: DataSet = DataSet {
    name: "mnist",
    title: "MNIST, handwritten digits (LeCun, Cortes and Burges)",
    terms: "CC BY-SA 3.0",
    items: &[
        digits!(
            "training images",
            "train-images-idx3-ubyte.gz",
            "9.9 MB",
            &[60_000, 28, 28],
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
        ),
        digits!(
            "training labels",
            "train-labels-idx1-ubyte.gz",
            "29 kB",
            &[60_000],
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
        ),
        digits!(
            "test images",
            "t10k-images-idx3-ubyte.gz",
            "1.6 MB",
            &[10_000, 28, 28],
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
        ),
        digits!(
            "test labels",
            "t10k-labels-idx1-ubyte.gz",
            "5 kB",
            &[10_000],
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
        ),
    ],
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn addresses_are_whole_and_sums_are_of_their_length() {
        for set in [&LFW, &MNIST] {
            let mut seen = HashSet::new();
            for item in set.items {
                assert!(!item.addresses.is_empty() && item.handed_round.contains(&item.target));
                for address in item.addresses {
                    assert!(url::Url::parse(address.url).is_ok(), "{}", address.url);
                    assert!(seen.insert(address.url), "{} is named twice", address.url);
                    // What comes without protection on its way needs a sum.
                    assert!(address.url.starts_with("https:") || address.sum.is_some());
                    assert!(address.sum.is_none_or(|sum| sum.is_whole()), "{}", address.url);
                }
                if let Kind::Digits { content, .. } = item.kind {
                    assert!(content.is_whole(), "{}", item.target);
                }
            }
        }
    }
}
