// A server made with ws, which does what the path of a request says: the same as peer_server.py.
// It prints how each connection ended for it: `closed VISIT CODE REASON`.
// usage: peer_server.js [CERTIFICATE KEY]      with them, over TLS
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { WebSocketServer } = require('ws');
const { breakOff } = require('./tests.js');

const LARGEST = 64 * 1024 * 1024;

const behaviours = {
  '/echo': (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })),
  '/close': (socket, query) => socket.close(Number(query.get('code')), query.get('reason') ?? ''),
  '/reset': (socket) => breakOff(socket._socket),
  '/subprotocol': (socket) => socket.send(socket.protocol || 'none'),
  '/fields': (socket, _, { headers }) => socket.send(`${headers['x-test']} ${headers.origin}`),
  '/version': (socket, _, { headers }) => {
    const version = headers['sec-websocket-version'];
    socket.send(`${version} ${headers[version === '13' ? 'origin' : 'sec-websocket-origin']}`);
  },
  '/user': (socket) => socket.send('t\u00e9ster'),
  '/text': (socket, query) => socket.send('x'.repeat(Number(query.get('bytes')))),
  '/binary': (socket, query) => socket.send(Buffer.alloc(Number(query.get('bytes')))),
  '/fragments': (socket) => {
    for (const part of ['frag', '', 'mented ']) socket.send(part, { fin: false });
    socket.send('\u2713', { fin: true });
  },
  '/ping': (socket) => {
    socket.on('pong', (data) => {
      if (data.toString() === 'are you there') socket.send('there you are');
    });
    socket.ping('are you there');
  },
  '/raw': (socket, query) => socket._socket.write(Buffer.from(query.get('bytes'), 'hex')),
};

const credentials = Buffer.from('t\u00e9ster:a word: \u2713').toString('base64');

const [cert, key] = process.argv.slice(2).map((path) => fs.readFileSync(path));
const server = cert ? https.createServer({ cert, key }) : http.createServer();
const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: LARGEST,
  handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
});

server.on('upgrade', (request, stream, head) => {
  if (request.url === '/refuse') {
    stream.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\n\r\nnot for you\n');
    return;
  }
  if (request.url.startsWith('/user') && request.headers.authorization !== `Basic ${credentials}`) {
    stream.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, stream, head, (socket) => {
    const url = new URL(request.url, 'http://peer');
    socket.on('error', () => {});
    socket.on('close', (code, reason) => {
      console.log(`closed ${url.searchParams.get('visit')} ${code} ${reason}`.trimEnd());
    });
    behaviours[url.pathname](socket, url.searchParams, request);
  });
});

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${cert ? 'wss' : 'ws'}://127.0.0.1:${server.address().port}`);
});
