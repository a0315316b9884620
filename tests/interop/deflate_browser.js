// Chromium and echo servers that compress: their page, and sockets of the browser's own.
// usage: deflate_browser.js SERVERS CHROMIUM, the list as in deflate_client.js
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { chromium } = require('playwright-core');
const { FLAGS } = require('./browser_flags.js');
const deflate = require('./deflate.js');
const tests = require('./tests.js');

const [list, executablePath] = process.argv.slice(2);
const servers = JSON.parse(list);

// What Chromium offers.
const OFFER = { client_max_window_bits: true };

/** Listens for the next answer that opens a WebSocket of the page: its Sec-WebSocket-Extensions. */
const listen = async (page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const answered = once(session, 'Network.webSocketHandshakeResponseReceived');
  return async () => {
    const [{ response }] = await answered;
    const isWanted = ([name]) => name.toLowerCase() === 'sec-websocket-extensions';
    return Object.entries(response.headers).find(isWanted)?.[1];
  };
};

const usePage = async (page) => {
  for (const line of deflate.lines(0).filter((line) => line.length < 1000).slice(0, 12)) {
    const count = await page.locator('.received').count();
    await page.fill('#text', line);
    await page.press('#text', 'Enter');
    const echo = page.locator('.received').nth(count);
    await echo.waitFor();
    assert.equal(await echo.textContent(), line);
  }
};

/** In the page: opens a socket, sends the messages, binary ones from Base64, and closes. */
const talk = async (messages) => {
  const socket = new WebSocket(location.href.replace(/^http/, 'ws'));
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => ([socket.onopen, socket.onerror] = [resolve, reject]));
  const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const toText = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''));
  const answers = await new Promise((resolve, reject) => {
    const came = [];
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
    socket.onmessage = ({ data }) => {
      const binary = typeof data !== 'string';
      const count = came.push({ binary, data: binary ? toText(data) : data });
      if (count === messages.length) resolve(came);
    };
    for (const { binary, data } of messages) {
      socket.send(binary ? toBytes(data) : data);
    }
  });
  const closed = new Promise((resolve) => (socket.onclose = resolve));
  socket.close(1000);
  const { code, wasClean } = await closed;
  return { extensions: socket.extensions, answers, code, wasClean };
};

const useSocket = async (page, server, seed) => {
  const sent = deflate.messages(seed).map(({ whole, binary }) => {
    return { binary, data: whole.toString(binary ? 'base64' : 'utf8') };
  });
  const answered = await listen(page);
  const { extensions, answers, ...end } = await page.evaluate(talk, sent);
  const field = await answered();
  deflate.checkAnswer(OFFER, deflate.read(field), server);
  assert.equal(extensions, field, 'socket.extensions');
  answers.forEach(({ binary, data }, at) => {
    assert.ok(binary === sent[at].binary && data === sent[at].data, `echo ${at} differs`);
  });
  assert.deepEqual(end, { code: 1000, wasClean: true });
};

const visit = async (browser, server, seed) => {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(server.url.replace(/^ws/, 'http'));
  await page.locator('#state', { hasText: 'open' }).waitFor();
  await usePage(page);
  await useSocket(page, server, seed);
  assert.deepEqual(errors, [], 'errors on the page');
  await page.close();
};

const main = async () => {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  try {
    for (const [seed, server] of servers.entries()) {
      await tests.run(server.name, () => visit(browser, server, seed));
    }
  } finally {
    await browser.close();
  }
};

main();
