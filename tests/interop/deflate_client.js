// Clients of ws that offer compression in every way that it can be offered, to echo servers.
// usage: deflate_client.js SERVERS, a list in JSON of { name, url, takesOver, windowBits }
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const WebSocket = require('ws');
const deflate = require('./deflate.js');
const tests = require('./tests.js');

const servers = JSON.parse(process.argv[2]);

/** Has something done with a connection, and fails if the connection ends before. */
const visit = async (url, perMessageDeflate, talk) => {
  const socket = new WebSocket(url, { perMessageDeflate });
  const upgraded = once(socket, 'upgrade');
  const closed = once(socket, 'close');
  const early = closed.then(([code, reason]) => {
    throw new Error(`closed with ${code} ${reason}`);
  });
  await once(socket, 'open');
  const field = (await upgraded)[0].headers['sec-websocket-extensions'];
  await Promise.race([talk(socket, field), early]);
  socket.close();
  assert.equal((await closed)[0], 1005, 'the close code');
};

/** The next `count` messages. */
const received = (socket, count) =>
  new Promise((resolve) => {
    const messages = [];
    const take = (data, binary) => {
      if (messages.push({ data, binary }) < count) return;
      socket.off('message', take);
      resolve(messages);
    };
    socket.on('message', take);
  });

const echoes = async (socket, seed) => {
  const messages = deflate.messages(seed);
  const answers = received(socket, messages.length);
  for (const { parts, binary, compress } of messages) {
    parts.forEach((part, at) =>
      socket.send(part, { binary, compress, fin: at === parts.length - 1 }),
    );
  }
  (await answers).forEach(({ data, binary }, at) => {
    assert.equal(binary, messages[at].binary, `whether message ${at} is binary`);
    // A comparison by assert would print 70 KB.
    assert.ok(data.equals(messages[at].whole), `echo ${at} differs, of ${data.length} bytes`);
  });
};

/** Sends the same bytes twice; how long the frame of the second echo is. */
const secondEcho = async (socket, seed) => {
  const probe = deflate.probe(seed);
  let before;
  for (const time of ['first', 'second']) {
    before = socket._socket.bytesRead;
    const answer = received(socket, 1);
    socket.send(probe);
    assert.ok((await answer)[0].data.equals(probe), `the ${time} echo differs`);
  }
  return socket._socket.bytesRead - before;
};

/** What a client offers that has these options of ws. */
const offerOf = (options) => ({
  ...(options.serverNoContextTakeover && { server_no_context_takeover: true }),
  ...(options.clientNoContextTakeover && { client_no_context_takeover: true }),
  ...(options.serverMaxWindowBits && { server_max_window_bits: options.serverMaxWindowBits }),
  ...(options.clientMaxWindowBits && { client_max_window_bits: options.clientMaxWindowBits }),
});

const conversation = (server, options, seed) =>
  visit(server.url, options, async (socket, field) => {
    const answer = deflate.read(field);
    deflate.checkAnswer(offerOf(options), answer, server);
    assert.equal(socket.extensions, 'permessage-deflate');
    const bytes = await secondEcho(socket, seed);
    assert.equal(
      bytes < deflate.PROBE_BYTES / 2,
      !answer.server_no_context_takeover,
      `whether the server remembers: the second echo has ${bytes} bytes`,
    );
    await echoes(socket, seed);
  });

const main = async () => {
  const rows = deflate.combinations().map((options, seed) => ({ options, seed }));
  for (const server of servers) {
    for (const bits of new Set(rows.map(({ options }) => options.serverMaxWindowBits))) {
      const group = rows.filter(({ options }) => options.serverMaxWindowBits === bits);
      await tests.run(`${server.name}, serverMaxWindowBits=${bits ?? 'none'}`, () =>
        deflate.forEach(group, group.length, ({ options, seed }) =>
          conversation(server, options, seed),
        ),
      );
    }
  }
};

main();
