//! Groups of samples about centres.

use ndarray::{Array2, ArrayView1, Axis};

use super::samples::finite_samples;
use crate::notebook::variables::Inspect;
use crate::notebook::{Progress, Rich, Show, interrupt};
use crate::parallel::Workers;
use crate::plot::Matrix;
use crate::random::Random;
use crate::words::counted;
use crate::{Error, Result};

/// Clusters by k-means (Lloyd, 1982), begun by k-means++ (Arthur and Vassilvitskii, 2007): of several starts, the one whose
/// samples lie nearest to their centres.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | `clusters` | | how many, from 1 to the number of samples |
/// | [`starts`](Self::starts) | 10 | times it is begun anew |
/// | [`iterations`](Self::iterations) | 300 | rounds of one start at most |
/// | [`seed`](Self::seed) | 0 | the first centres |
///
/// # Example
/// ```
/// use latentlab::regimes::KMeans;
///
/// let clusters = KMeans::new(2).fit([[0.0], [0.2], [5.0], [5.2]])?;
/// assert_eq!(clusters.labels()[0], clusters.labels()[1]);
/// assert!((clusters.inertia() - 0.04).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KMeans {
    clusters: usize,
    starts: usize,
    iterations: usize,
    seed: u64,
}

impl KMeans {
    /// So many clusters.
    ///
    /// # Example
    /// See [`KMeans`].
    pub fn new(clusters: usize) -> Self {
        Self { clusters, starts: 10, iterations: 300, seed: 0 }
    }

    /// Sets how often it is begun anew. Default 10.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::KMeans::new(3).starts(50);
    /// ```
    pub fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// Sets the most rounds of one start. Default 300.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::KMeans::new(3).iterations(20);
    /// ```
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Sets the seed of the first centres. Default 0.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::KMeans::new(3).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The clusters of samples, one a row. After an interrupt: the best of the starts that are done.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more clusters than samples, no clusters, starts or rounds, and values that are not finite.
    ///
    /// # Example
    /// ```
    /// let error = latentlab::regimes::KMeans::new(3).fit([[0.0], [1.0]]).unwrap_err();
    /// assert!(error.to_string().contains("2 samples"));
    /// ```
    pub fn fit(&self, samples: impl Matrix) -> Result<Clusters> {
        let samples = finite_samples(samples)?;
        let rows = samples.nrows();
        if !(1..=rows).contains(&self.clusters) || self.starts == 0 || self.iterations == 0 {
            let problem = format!(
                "from 1 to as many clusters as there are samples, and at least one start and one round are needed; there are {}",
                counted(rows, "sample")
            );
            return Err(Error::invalid(format!("{self:?}"), problem));
        }
        let mut random = Random::new(self.seed);
        // Drawn before the jobs begin, so that the number of threads changes nothing.
        let seeds: Vec<u64> = (0..self.starts).map(|_| random.next()).collect();
        let mut bar = Progress::new("k-means", self.starts as u64).unit("starts");
        let done = Workers::default()
            .run(self.starts, &mut bar, |start| self.one(&samples, Random::new(seeds[start])));
        let least = |best: Clusters, next: Clusters| {
            if next.inertia < best.inertia { next } else { best }
        };
        done.into_iter().flatten().reduce(least).ok_or(Error::Interrupted)
    }

    fn one(&self, samples: &Array2<f64>, mut random: Random) -> Clusters {
        let mut centers = spread(samples, self.clusters, &mut random);
        let (mut labels, mut distances) = nearest(samples, &centers);
        for _ in 0..self.iterations {
            centers = means(samples, &labels, &mut distances, self.clusters);
            let (next, near) = nearest(samples, &centers);
            let settled = next == labels;
            (labels, distances) = (next, near);
            if settled || interrupt::requested() {
                break;
            }
        }
        Clusters { inertia: distances.iter().sum(), centers, labels }
    }
}

/// First centres: each is a sample, drawn in proportion to its squared distance from the nearest centre so far. Of several draws
/// the one that lowers the sum of these distances most is taken.
fn spread(samples: &Array2<f64>, clusters: usize, random: &mut Random) -> Array2<f64> {
    let rows = samples.nrows();
    let tries = 2 + (clusters as f64).ln() as usize;
    let draw = |random: &mut Random, weights: &[f64]| {
        let total: f64 = weights.iter().sum();
        let mut left = random.share() * total;
        let found = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        // Where all samples lie on a centre, any will do.
        found.unwrap_or((random.share() * rows as f64) as usize)
    };
    let first = (random.share() * rows as f64) as usize;
    let mut chosen = vec![first];
    let mut near: Vec<f64> =
        samples.outer_iter().map(|row| distance(row, samples.row(first))).collect();
    while chosen.len() < clusters {
        let candidates: Vec<(f64, usize, Vec<f64>)> = (0..tries)
            .map(|_| {
                let row = draw(random, &near);
                let closer: Vec<f64> = samples
                    .outer_iter()
                    .zip(&near)
                    .map(|(other, known)| known.min(distance(other, samples.row(row))))
                    .collect();
                (closer.iter().sum(), row, closer)
            })
            .collect();
        if let Some((_, row, closer)) =
            candidates.into_iter().min_by(|one, other| one.0.total_cmp(&other.0))
        {
            chosen.push(row);
            near = closer;
        }
    }
    samples.select(Axis(0), &chosen)
}

/// The means of the clusters. An empty one gets the sample that lies furthest from its centre.
fn means(
    samples: &Array2<f64>,
    labels: &[usize],
    distances: &mut [f64],
    clusters: usize,
) -> Array2<f64> {
    let mut sums = Array2::zeros((clusters, samples.ncols()));
    let mut sizes = vec![0.0; clusters];
    for (row, &label) in samples.outer_iter().zip(labels) {
        let mut sum = sums.row_mut(label);
        sum += &row;
        sizes[label] += 1.0;
    }
    for (cluster, size) in sizes.into_iter().enumerate() {
        if size > 0.0 {
            sums.row_mut(cluster).mapv_inplace(|sum| sum / size);
            continue;
        }
        let furthest =
            (0..distances.len()).max_by(|&one, &other| distances[one].total_cmp(&distances[other]));
        if let Some(row) = furthest {
            sums.row_mut(cluster).assign(&samples.row(row));
            distances[row] = 0.0;
        }
    }
    sums
}

/// The nearest centre of each sample, and the squared distance from it.
fn nearest(samples: &Array2<f64>, centers: &Array2<f64>) -> (Vec<usize>, Vec<f64>) {
    let near = |row: ArrayView1<f64>| {
        let distances = centers.outer_iter().map(|center| distance(row, center)).enumerate();
        distances.fold((0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best })
    };
    samples.outer_iter().map(near).unzip()
}

fn distance(one: ArrayView1<f64>, other: ArrayView1<f64>) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
}

/// What [`KMeans`] found.
///
/// # Example
/// ```
/// use latentlab::regimes::KMeans;
///
/// let clusters = KMeans::new(2).fit([[0.0], [0.2], [5.0], [5.2]])?;
/// let label = clusters.predict([[4.0]])?[0];
/// assert_eq!(label, clusters.labels()[2]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    centers: Array2<f64>,
    labels: Vec<usize>,
    inertia: f64,
}

impl Clusters {
    /// The means of the clusters: clusters × p.
    ///
    /// # Example
    /// ```
    /// let clusters = latentlab::regimes::KMeans::new(1).fit([[0.0], [1.0]])?;
    /// assert_eq!(clusters.centers()[[0, 0]], 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn centers(&self) -> &Array2<f64> {
        &self.centers
    }

    /// The cluster of each sample, counted from 0.
    ///
    /// # Example
    /// See [`KMeans`].
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The sum of the squared distances of the samples from their centres.
    ///
    /// # Example
    /// See [`KMeans`].
    pub fn inertia(&self) -> f64 {
        self.inertia
    }

    /// The nearest centre of each of some samples.
    ///
    /// # Errors
    /// [`Error::Invalid`] for samples of another width, and values that are not finite.
    ///
    /// # Example
    /// See [`Clusters`].
    pub fn predict(&self, samples: impl Matrix) -> Result<Vec<usize>> {
        let samples = finite_samples(samples)?;
        if samples.ncols() != self.centers.ncols() {
            let what = format!("samples with {} columns", samples.ncols());
            return Err(Error::invalid(what, format!("{} are needed", self.centers.ncols())));
        }
        Ok(nearest(&samples, &self.centers).0)
    }

    /// The same clusters, numbered by how much one number of each sample varies within them, the calmest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of values than samples.
    ///
    /// # Example
    /// ```
    /// use latentlab::regimes::KMeans;
    ///
    /// let clusters = KMeans::new(2).fit([[0.0], [0.2], [5.0], [5.2]])?;
    /// let clusters = clusters.calmest_first(&[2.0, -2.0, 0.1, 0.2])?;
    /// assert_eq!(clusters.labels(), [1, 1, 0, 0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn calmest_first(&self, values: &[f64]) -> Result<Self> {
        if values.len() != self.labels.len() {
            let what = format!("{} values", values.len());
            return Err(Error::invalid(what, format!("there are {} samples", self.labels.len())));
        }
        let spread = |cluster: usize| {
            let inside: ndarray::Array1<f64> = values
                .iter()
                .zip(&self.labels)
                .filter(|(_, label)| **label == cluster)
                .map(|(value, _)| *value)
                .collect();
            inside.std(0.0)
        };
        let spreads: Vec<f64> = (0..self.centers.nrows()).map(spread).collect();
        let mut order: Vec<usize> = (0..spreads.len()).collect();
        order.sort_by(|&one, &other| spreads[one].total_cmp(&spreads[other]));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        Ok(Self {
            centers: self.centers.select(Axis(0), &order),
            labels: self.labels.iter().map(|&label| place[label]).collect(),
            inertia: self.inertia,
        })
    }
}

impl std::fmt::Display for Clusters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<String> = (0..self.centers.nrows())
            .map(|cluster| {
                self.labels.iter().filter(|label| **label == cluster).count().to_string()
            })
            .collect();
        let clusters = counted(sizes.len(), "cluster");
        write!(formatter, "{clusters} of {} samples, inertia {:.4}", sizes.join(", "), self.inertia)
    }
}

impl Show for Clusters {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string())
    }
}

impl Inspect for Clusters {
    fn preview(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn every_sample_belongs_to_its_nearest_centre(
            values in prop::collection::vec(-3.0..3.0f64, 24..80),
            clusters in 1usize..6,
            seed in 0u64..100,
        ) {
            let rows = values.len() / 2;
            let samples = Array2::from_shape_vec((rows, 2), values[..rows * 2].to_vec()).unwrap();
            let found = KMeans::new(clusters).seed(seed).fit(&samples).unwrap();
            prop_assert_eq!(found.predict(&samples).unwrap(), found.labels());
            let (_, distances) = nearest(&samples, found.centers());
            prop_assert!((distances.iter().sum::<f64>() - found.inertia()).abs() < 1e-9);
            // Centres are the means of what is theirs, and nothing is empty.
            for cluster in 0..clusters {
                let inside: Vec<usize> = (0..rows).filter(|&row| found.labels()[row] == cluster).collect();
                prop_assert!(!inside.is_empty());
                let mean = samples.select(Axis(0), &inside).mean_axis(Axis(0)).unwrap();
                prop_assert!(distance(mean.view(), found.centers().row(cluster)) < 1e-18);
            }
            let again = KMeans::new(clusters).seed(seed).fit(&samples).unwrap();
            prop_assert_eq!(again, found);
        }
    }

    #[test]
    fn equal_samples_and_bad_questions() {
        let equal = Array2::from_elem((5, 2), 1.5);
        assert_eq!(KMeans::new(3).fit(&equal).unwrap().inertia(), 0.0);
        for method in [KMeans::new(0), KMeans::new(6), KMeans::new(2).starts(0)] {
            assert!(method.fit(&equal).is_err());
        }
        let error = KMeans::new(1).fit(array![[f64::NAN]]).unwrap_err().to_string();
        assert!(error.contains("row 0, column 0"), "{error}");
        let found = KMeans::new(1).fit(&equal).unwrap();
        assert!(found.predict(array![[1.0]]).unwrap_err().to_string().contains("2 are needed"));
        assert!(found.calmest_first(&[1.0]).is_err());
    }
}
