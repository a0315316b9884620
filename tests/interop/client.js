// Tests of the echo server with clients that are made with ws. usage: client.js URL PID
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const WebSocket = require('ws');
const tests = require('./tests.js');

const [url, pid] = process.argv.slice(2);
const SIZES = [0, 1, 125, 126, 65535, 65536, 1024 * 1024, 16 * 1024 * 1024];

// What is wrong, what the client sends (a mask of zeros), the code with which the server closes.
const BAD_FRAMES = [
  ['no mask', '810161', 1002],
  ['a reserved bit', 'c18000000000', 1002],
  ['a reserved opcode', '838000000000', 1002],
  ['a ping of 126 bytes', '89fe007e00000000', 1002],
  ['a fragmented ping', '098000000000', 1002],
  ['a continuation of nothing', '808000000000', 1002],
  ['a message inside a message', '018000000000818000000000', 1002],
  ['a length that is not minimal', '81fe000100000000', 1002],
  ['a Close with 1005', '88820000000003ed', 1002],
  ['text that is not UTF-8', '818100000000ff', 1007],
  ['a frame of 16 MiB and a byte', '82ff000000000100000100000000', 1009],
];

// What the client closes with, and what the server's answer is.
const CLOSES = [
  [[], 1005],
  [[1000], 1000],
  [[1000, 'bye'], 1000],
  [[3000, '\u2713'], 3000],
  [[4999, 'r'.repeat(123)], 4999],
];

/** Connects, has something done, and closes unless that has ended the connection. */
const visit = async (talk, options, subprotocols = []) => {
  const socket = new WebSocket(url, subprotocols, { perMessageDeflate: false, ...options });
  await once(socket, 'open');
  try {
    await talk(socket);
  } finally {
    if (socket.readyState !== WebSocket.CLOSED) {
      socket.close();
      await once(socket, 'close');
    }
  }
};

const received = async (socket) => {
  const [data, isBinary] = await once(socket, 'message');
  return isBinary ? data : data.toString();
};

/** The next `count` messages as text. */
const receivedMany = (socket, count) =>
  new Promise((resolve) => {
    const messages = [];
    socket.on('message', (data) => {
      if (messages.push(data.toString()) === count) resolve(messages);
    });
  });

const echo = (message) => async (socket) => {
  socket.send(message);
  const answer = await received(socket);
  // A comparison by assert would print 16 MiB.
  assert.equal(typeof answer, typeof message, 'the type of the echo');
  const isEqual = typeof message === 'string' ? answer === message : answer.equals(message);
  assert.ok(isEqual, 'the echo differs');
};

const manyEchoes = async (socket) => {
  const messages = Array.from({ length: 5000 }, (_, number) => `message ${number}`);
  const answers = receivedMany(socket, messages.length);
  for (const message of messages) socket.send(message);
  assert.deepEqual(await answers, messages);
};

const fragments = async (socket) => {
  for (const part of ['frag', '', 'mented ']) socket.send(part, { fin: false });
  socket.ping('between fragments');
  socket.send('\u2713', { fin: true });
  const pong = once(socket, 'pong');
  assert.equal(await received(socket), 'fragmented \u2713');
  assert.equal((await pong)[0].toString(), 'between fragments');
};

const pings = async (socket) => {
  for (const payload of ['', 'a', 'p'.repeat(125)]) {
    socket.ping(payload);
    assert.equal((await once(socket, 'pong'))[0].toString(), payload);
  }
  socket.pong('nobody asked');
  await echo('still there')(socket);
};

const closed = async (socket, code) => {
  const [actual] = await once(socket, 'close');
  assert.equal(actual, code);
};

const badFrame = (bytes, code) => async (socket) => {
  socket._socket.write(Buffer.from(bytes, 'hex'));
  await closed(socket, code);
};

const refused = async (options, status) => {
  const socket = new WebSocket(url, options);
  const [error] = await once(socket, 'error');
  assert.equal(error.message, `Unexpected server response: ${status}`);
};

const serverThatEnds = async (socket) => {
  await echo('hello')(socket);
  process.kill(Number(pid), 'SIGTERM');
  await closed(socket, 1001);
};

const main = async () => {
  for (const size of SIZES) {
    const text = 'x'.repeat(size % 3) + '\u20ac'.repeat(Math.floor(size / 3));
    await tests.run(`text of ${size} bytes`, () => visit(echo(text)));
    await tests.run(`binary of ${size} bytes`, () => visit(echo(Buffer.alloc(size, 7))));
  }
  for (const [name, bytes, code] of BAD_FRAMES) {
    await tests.run(`the client sends ${name}`, () => visit(badFrame(bytes, code)));
  }
  for (const [values, code] of CLOSES) {
    const name = `closed by the client with ${values.join(' ').slice(0, 9) || 'nothing'}`;
    await tests.run(name, () =>
      visit(async (socket) => {
        socket.close(...values);
        await closed(socket, code);
      }),
    );
  }
  await tests.run('many echoes', () => visit(manyEchoes));
  await tests.run('fragments', () => visit(fragments));
  await tests.run('pings', () => visit(pings));
  await tests.run('compression is not agreed on', () =>
    visit(async (socket) => assert.equal(socket.extensions, ''), { perMessageDeflate: true }),
  );
  await tests.run('a subprotocol', () =>
    visit(async (socket) => assert.equal(socket.protocol, 'chat.v2'), {}, ['x', 'chat.v2']),
  );
  await tests.run('another origin', () => refused({ origin: 'http://example.com' }, 403));
  await tests.run('an unknown version', () => refused({ protocolVersion: 8 }, 426));
  await tests.run('reset by the client', async () => {
    await visit(async (socket) => {
      socket.send('x'.repeat(100_000));
      tests.breakOff(socket._socket);
      await once(socket, 'close');
    });
    await visit(echo('the server lives'));
  });
  await tests.run('server that ends', () => visit(serverThatEnds));
};

main();
