// Tests of an echo server that allows version 8, with clients of ws. usage: client_of_version_8.js URL
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const WebSocket = require('ws');
const tests = require('./tests.js');

const [url] = process.argv.slice(2);
const HOST = url.replace(/^ws/, 'http').replace(/\/$/, '');

const connect = (options, subprotocols = []) =>
  new WebSocket(url, subprotocols, { perMessageDeflate: false, ...options });

const conversation = async (options) => {
  const socket = connect(options, ['chat.v2']);
  await once(socket, 'open');
  assert.equal(socket.protocol, 'chat.v2');
  for (const message of ['', 'hello \u2713', 'x'.repeat(70_000)]) {
    socket.send(message);
    assert.equal((await once(socket, 'message'))[0].toString(), message);
  }
  socket.ping('p');
  assert.equal((await once(socket, 'pong'))[0].toString(), 'p');
  socket.close(1000, 'bye');
  assert.equal((await once(socket, 'close'))[0], 1000);
};

const refused = async (options, status) => {
  const [error] = await once(connect(options), 'error');
  assert.equal(error.message, `Unexpected server response: ${status}`);
};

const main = async () => {
  for (const protocolVersion of [8, 13]) {
    const name = `version ${protocolVersion}`;
    await tests.run(name, () => conversation({ protocolVersion }));
    await tests.run(`${name}, the same host as origin`, () =>
      conversation({ protocolVersion, origin: HOST }),
    );
    await tests.run(`${name}, another origin`, () =>
      refused({ protocolVersion, origin: 'http://example.com' }, 403),
    );
  }
};

main();
