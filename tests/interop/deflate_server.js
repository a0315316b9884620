// Servers of ws that agree to compression in every way that it can be agreed to; the example client
// connects to them. usage: deflate_server.js CLIENT, the path of the program
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const readline = require('node:readline');
const { WebSocketServer } = require('ws');
const deflate = require('./deflate.js');
const tests = require('./tests.js');

const [program] = process.argv.slice(2);
const AT_ONCE = 8;

const combinations = deflate.combinations();
const sockets = combinations.map(
  (options) => new WebSocketServer({ noServer: true, perMessageDeflate: options }),
);
const visits = new Map();
const server = http.createServer();

/** Every third message comes back in fragments. */
const echo = (socket) => {
  let count = 0;
  socket.on('message', (data, binary) => {
    const parts = count++ % 3 === 0 ? deflate.fragments(data, count) : [data];
    parts.forEach((part, at) => socket.send(part, { binary, fin: at === parts.length - 1 }));
  });
};

// The target is `/COMBINATION/VISIT`.
server.on('upgrade', (request, stream, head) => {
  const [, combination, number] = request.url.split('/');
  const visit = visits.get(number);
  visit.offer = request.headers['sec-websocket-extensions'];
  visit.stream = stream;
  sockets[combination].handleUpgrade(request, stream, head, (socket) => {
    visit.extensions = socket.extensions;
    echo(socket);
  });
});

/** Runs the client with what happened on the server's side, which is called its visit. */
const run = async (row, talk) => {
  const number = String(visits.size);
  const visit = {};
  visits.set(number, visit);
  const url = `ws://127.0.0.1:${server.address().port}/${row.combination}/${number}`;
  const child = spawn(program, [...row.client.options, url]);
  const ended = once(child, 'close');
  const complaint = child.stderr.toArray();
  child.stdin.on('error', () => {}); // the exit status tells of it
  try {
    await talk(child, visit);
    child.stdin.end();
    const [status] = await ended;
    return { status, complaint: Buffer.concat(await complaint).toString() };
  } finally {
    child.kill();
    visits.set(number, undefined);
  }
};

/** That the client offers what it was told to: nothing taken over unless `takesOver`, windows of
 *  at most `windowBits`. */
const checkOffer = (offer, { takesOver, windowBits }) => {
  assert.equal(Boolean(offer.server_no_context_takeover), !takesOver, 'server_no_context_takeover');
  assert.equal(Boolean(offer.client_no_context_takeover), !takesOver, 'client_no_context_takeover');
  assert.equal(offer.server_max_window_bits ?? 15, windowBits, 'server_max_window_bits');
  const clientBits = offer.client_max_window_bits;
  assert.equal(clientBits === true ? 15 : clientBits, windowBits, 'client_max_window_bits');
};

/** ws takes its own numbers for exact: what is offered with fewer bits it answers with 400. */
const isDeclined = (options, { windowBits }) =>
  [options.serverMaxWindowBits, options.clientMaxWindowBits].some((bits) => bits > windowBits);

const declined = async (row) => {
  const { status, complaint } = await run(row, async () => {});
  assert.equal(complaint.split('\n')[0], 'client: the server answered 400 Bad Request');
  assert.equal(status, 1, 'the exit status');
};

/** Sends the same line twice; how long the frame of the second one was. */
const secondLine = async (child, visit, output, seed) => {
  const probe = deflate.probe(seed).toString('base64');
  let before;
  for (const time of ['first', 'second']) {
    before = visit.stream?.bytesRead;
    child.stdin.write(`${probe}\n`);
    assert.equal((await output.next()).value, probe, `the ${time} line`);
  }
  return visit.stream.bytesRead - before;
};

const conversation = async (row) => {
  const lines = deflate.lines(row.seed);
  const { status, complaint } = await run(row, async (child, visit) => {
    const output = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const bytes = await secondLine(child, visit, output, row.seed);
    checkOffer(deflate.read(visit.offer), row.client);
    assert.equal(visit.extensions, 'permessage-deflate');
    const remembers = row.client.takesOver && !row.options.clientNoContextTakeover;
    const says = `whether the client remembers: the second line has ${bytes} bytes`;
    assert.equal(bytes < deflate.PROBE_BYTES / 2, remembers, says);
    child.stdin.write(lines.map((line) => `${line}\n`).join(''));
    for (const [at, line] of lines.entries()) {
      const { value } = await output.next();
      assert.ok(value === line, `line ${at} differs, ${value?.length} long, not ${line.length}`);
    }
  });
  assert.equal(complaint, '', 'what the client wrote to standard error');
  assert.equal(status, 0, 'the exit status');
};

/** The ways to start the client. */
const clients = [15, 8, 9, 10, 11, 12, 13, 14].flatMap((windowBits) =>
  [true, false].map((takesOver) => {
    const options = ['--deflate'];
    if (!takesOver) options.push('--no-context-takeover');
    if (windowBits !== 15) options.push('--window-bits', String(windowBits));
    return { takesOver, windowBits, options };
  }),
);

/**
 * The combinations that a client meets: all of them where it has the largest windows. With smaller
 * ones it meets all the windows of the server, and each time one of the four ways to forget, which
 * are taken in turn.
 */
const rowsOf = (client, at) => {
  const rows = combinations.map((options, combination) => {
    return { client, options, combination, seed: combinations.length * at + combination };
  });
  const turn = (combination) => Math.floor(combination / 4) + at;
  return rows.filter(
    ({ combination }) => client.windowBits === 15 || combination % 4 === turn(combination) % 4,
  );
};

const main = async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const [at, client] of clients.entries()) {
    await tests.run(client.options.join(' '), () =>
      deflate.forEach(rowsOf(client, at), AT_ONCE, (row) =>
        isDeclined(row.options, client) ? declined(row) : conversation(row),
      ),
    );
  }
  server.close();
};

main();
