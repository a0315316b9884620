// A server that leads clients elsewhere, made with Node's http, and behind it an echo, made with ws: the
// same as `peer_redirects.py http`.
// usage: peer_redirects.js [CERTIFICATE KEY]      with them, over TLS
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { WebSocketServer } = require('ws');

const [cert, key] = process.argv.slice(2).map((path) => fs.readFileSync(path));
const scheme = cert ? 'wss' : 'ws';
const makeServer = (...rest) =>
  cert ? https.createServer({ cert, key }, ...rest) : http.createServer(...rest);
const portOf = (server) => server.address().port;

function tell({ url, headers }) {
  const fields = ['authorization', 'cookie', 'x-plain'].map((name) => headers[name] ?? '-');
  console.log(['asked', url, ...fields].join('|'));
}

const echo = makeServer();
const sockets = new WebSocketServer({ server: echo });
sockets.on('connection', (socket, request) => {
  tell(request);
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});

// Nobody listens for upgrades here, so it takes the request for an ordinary one.
const front = makeServer((request, response) => {
  tell(request);
  const { pathname, search, searchParams } = new URL(request.url, 'http://peer');
  let location = searchParams.get('url');
  if (pathname.startsWith('/count/')) {
    const left = Number(pathname.slice('/count/'.length)) - 1;
    location = left > 0 ? `/count/${left}${search}` : `${scheme}://127.0.0.1:${portOf(echo)}/echo`;
  }
  response.writeHead(Number(searchParams.get('status')), location ? { Location: location } : {});
  response.end('elsewhere\n');
});

echo.listen(0, '127.0.0.1', () => {
  front.listen(0, '127.0.0.1', () => {
    console.log(`listening on ${scheme}://127.0.0.1:${portOf(front)}`);
  });
});
