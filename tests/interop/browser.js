// Opens the page of the echo server in Chromium, uses it, and takes pictures of it.
// usage: browser.js URL PID CHROMIUM REPORTS [FLAG_OF_CHROMIUM...]
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { FLAGS } = require('./browser_flags.js');
const tests = require('./tests.js');

const [url, pid, executablePath, reports, ...flags] = process.argv.slice(2);
const address = url.replace(/^ws/, 'http');

/** Opens the page, has something done there, and fails if a script of it failed. */
const visit = async (browser, talk, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  try {
    await page.goto(address);
    await state(page, 'open');
    await talk(page);
    assert.deepEqual(errors, [], 'errors on the page');
  } finally {
    await context.close();
  }
};

const state = (page, text) => page.locator('#state', { hasText: text }).waitFor();

const say = async (page, text) => {
  const count = await page.locator('.received').count();
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
  const echo = page.locator('.received').nth(count);
  await echo.waitFor();
  assert.equal(await echo.textContent(), text);
};

const sendAndClose = async (page) => {
  await say(page, 'hello');
  await say(page, '<b>äöü</b> \u2713');
  await say(page, '');
  await page.fill('#text', 'by the button');
  await page.click('#send');
  await page.locator('.received', { hasText: 'by the button' }).waitFor();
  assert.equal(await page.locator('.sent').count(), 4);
  await page.click('#close');
  await state(page, 'closed: 1000');
  assert.ok(await page.locator('#send').isDisabled());
};

const picture = (name) => async (page) => {
  const texts = ['Hello', 'Grüße aus dem Browser \u2713', 'x'.repeat(120)];
  for (const text of texts) await say(page, text);
  await page.screenshot({ path: path.join(reports, name) });
};

/** What the page does not do itself: another type, larger messages, many of them. */
const socketOfTheBrowser = async (page) => {
  const answers = await page.evaluate(async () => {
    const socket = new WebSocket(location.href.replace(/^http/, 'ws'), ['other', 'chat.v2']);
    socket.binaryType = 'arraybuffer';
    await new Promise((resolve, reject) => ([socket.onopen, socket.onerror] = [resolve, reject]));
    const echo = (message) =>
      new Promise((resolve) => {
        socket.onmessage = (event) => resolve(event.data);
        socket.send(message);
      });
    const lengths = [];
    for (const size of [0, 1, 125, 126, 65535, 65536, 1048576, 16777216]) {
      lengths.push((await echo('x'.repeat(size))).length);
      lengths.push((await echo(new Uint8Array(size))).byteLength);
    }
    const closed = new Promise((resolve) => (socket.onclose = resolve));
    socket.close(4000, 'enough');
    const { code, reason, wasClean } = await closed;
    return { lengths, protocol: socket.protocol, code, wasClean };
  });
  assert.deepEqual(answers, {
    lengths: [
      0, 0, 1, 1, 125, 125, 126, 126, 65535, 65535, 65536, 65536, 1048576, 1048576, 16777216,
      16777216,
    ],
    protocol: 'chat.v2',
    code: 4000,
    wasClean: true,
  });
};

const serverThatEnds = async (page) => {
  await say(page, 'hello');
  process.kill(Number(pid), 'SIGTERM');
  await state(page, 'closed: 1001');
};

const main = async () => {
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
  try {
    await tests.run('messages and the close', () => visit(browser, sendAndClose));
    await tests.run('its own sockets', () => visit(browser, socketOfTheBrowser));
    await tests.run('a picture', () => visit(browser, picture('echo_page.png')));
    const dark = { colorScheme: 'dark', viewport: { width: 400, height: 600 } };
    await tests.run('a picture in the dark, narrow', () =>
      visit(browser, picture('echo_page_dark.png'), dark),
    );
    await tests.run('server that ends', () => visit(browser, serverThatEnds));
  } finally {
    await browser.close();
  }
};

main();
