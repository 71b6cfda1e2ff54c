// JupyterLab in headless Chromium: what a reader sees while cells run, stop, restart, run all, completion.
// Arguments: address of the server with its token, the notebook's name, a folder for screenshots.
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';
import path from 'node:path';

const [address, notebook, pictures] = process.argv.slice(2);
const LIMIT = 240_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
page.setDefaultTimeout(LIMIT);

const cell = (number) => page.locator('.jp-Notebook .jp-CodeCell').nth(number - 1);
const outputs = (number) => cell(number).locator('.jp-OutputArea-child');
const prompt = (number) => cell(number).locator('.jp-InputPrompt');
const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

/** Selects a cell and runs it; returns at once. */
async function run(number) {
  await cell(number).locator('.jp-InputPrompt').click();
  await page.keyboard.press('Control+Enter');
}

/** Waits until a cell has ended: its prompt shows a number. */
async function ended(number, earlier = '') {
  await page.waitForFunction(
    ([index, before]) => {
      const prompts = document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt');
      const text = prompts[index].innerText.trim();
      return /^\[\d+\]:$/.test(text) && text !== before;
    },
    [number - 1, earlier],
    { timeout: LIMIT },
  );
  return (await prompt(number).innerText()).trim();
}

async function command(label) {
  await page.keyboard.press('Control+Shift+C');
  await page.locator('.lm-CommandPalette-input').fill(label);
  await page.locator('.lm-CommandPalette-item').first().waitFor();
  await page.keyboard.press('Enter');
}

try {
  const url = new URL(address);
  url.pathname = `/lab/tree/${notebook}`;
  await page.goto(url.href, { waitUntil: 'domcontentloaded' });
  await page.locator('.jp-Notebook .jp-CodeCell').first().waitFor();
  await page.getByText('Rust', { exact: true }).first().waitFor();

  // Completion right after the start, before any cell has run.
  await cell(1).locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  const typed = '\nuse latentlab::prelude::';
  await page.keyboard.type(typed);
  const offer = page.locator('.jp-Completer-item').first();
  for (let tries = 0; tries < 20 && !(await offer.isVisible()); tries++) {
    await page.keyboard.press('Tab');
    await offer.waitFor({ timeout: 5000 }).catch(() => {});
  }
  const offered = await page.locator('.jp-Completer').innerText();
  assert.match(offered, /GraphicalLasso/, 'completion offers what the library has');
  await picture('1-completion');
  await page.keyboard.press('Escape');
  await cell(1).locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  for (let i = 0; i < typed.length; i++) await page.keyboard.press('Backspace');

  await run(1);
  assert.equal(await ended(1), '[1]:');

  // Three figures and a live bar in one cell, seen while it runs.
  await run(2);
  const seen = [];
  const started = Date.now();
  while (Date.now() - started < LIMIT) {
    const text = await prompt(2).innerText();
    const now = { figures: await cell(2).locator('.jp-RenderedSVG, .jp-RenderedImage').count(), bar: await cell(2).locator('.jp-OutputArea').getByText('Watching').count() };
    if (text.includes('*')) {
      const last = seen.at(-1);
      if (!last || last.figures !== now.figures || last.bar !== now.bar) seen.push(now);
      if (now.bar > 0 && !seen.pictured) {
        seen.pictured = true;
        await page.waitForTimeout(700);
        await cell(2).scrollIntoViewIfNeeded();
        await picture('2-figures-and-bar-while-running');
      }
    } else if (/\[\d+\]/.test(text)) {
      break;
    }
    await page.waitForTimeout(60);
  }
  const counts = seen.map((state) => state.figures);
  assert.ok(counts.includes(1) && counts.includes(2) && counts.includes(3), `figures appear one by one: ${counts}`);
  assert.ok(seen.some((state) => state.bar > 0), 'the bar is seen while it moves');
  assert.equal(await cell(2).locator('.jp-OutputArea').getByText('Watching').count(), 1, 'the bar leaves one line');
  const order = await outputs(2).evaluateAll((nodes) => nodes.map((node) => (node.querySelector('.jp-RenderedSVG, .jp-RenderedImage') ? 'figure' : 'text')));
  assert.deepEqual(order.slice(0, 6), ['text', 'figure', 'text', 'figure', 'text', 'figure'], order.join(' '));
  await cell(2).scrollIntoViewIfNeeded();
  await picture('3-figures-and-bar-done');

  // The stop button during training; the next cell uses the model.
  await run(3);
  assert.match(await ended(3), /\d/);
  await run(4);
  await cell(4).locator('.jp-OutputArea').getByText('Training').first().waitFor();
  await page.waitForTimeout(800);
  await page.locator('button[data-command="notebook:interrupt-kernel"], [data-command="notebook:interrupt-kernel"] button, jp-button[data-command="notebook:interrupt-kernel"]').first().click();
  const pressed = Date.now();
  await ended(4);
  assert.ok(Date.now() - pressed < 5000, 'stop ends the loop');
  assert.match(await cell(4).innerText(), /KeyboardInterrupt/);
  await picture('4-stopped');
  await run(5);
  await ended(5);
  const trained = Number((await cell(5).locator('.jp-OutputArea-output').last().innerText()).trim());
  assert.ok(trained > 0, `the model keeps what it has learnt: ${trained}`);
  await run(6);
  await ended(6);
  assert.match(await cell(6).innerText(), /Panic/);
  await run(7);
  await ended(7);
  await cell(7).scrollIntoViewIfNeeded();
  await picture('5-panic-and-variables');
  assert.match(await cell(7).innerText(), /weight/, 'the table of variables');

  // Hover: Shift+Tab behind a name.
  await cell(7).locator('.cm-content').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('GraphicalLasso');
  await page.keyboard.press('Shift+Tab');
  await page.locator('.jp-Tooltip').waitFor();
  await picture('6-hover');
  await page.keyboard.press('Escape');
  await cell(7).locator('.cm-content').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(':vars');

  // Restart, then run all: cells stop at the panic, as a queue does.
  await page.locator('.jp-Notebook').press('Escape');
  await command('Restart Kernel and Run All Cells');
  await page.locator('.jp-Dialog .jp-mod-accept').click();
  // Every prompt shows a star until its turn has come.
  await page.waitForFunction(
    () => document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')[2].innerText.includes('*'),
    undefined,
    { timeout: LIMIT },
  );
  await ended(3);
  await cell(4).locator('.jp-OutputArea').getByText('Training').first().waitFor();
  assert.equal((await prompt(1).innerText()).trim(), '[1]:', 'counts begin again');
  await picture('7-run-all');
  await page.locator('button[data-command="notebook:interrupt-kernel"], [data-command="notebook:interrupt-kernel"] button, jp-button[data-command="notebook:interrupt-kernel"]').first().click();
  await ended(4);
  await page.waitForTimeout(1000);
  assert.doesNotMatch(await prompt(5).innerText(), /\d/, 'what follows an interrupted cell is not run');
  await picture('8-run-all-stopped');
  console.log('ok');
} catch (error) {
  await picture('failed').catch(() => {});
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
