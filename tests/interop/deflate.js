// What the tests of compression share: options of ws, messages, and the rules of RFC 7692 about
// what may be answered to an offer, written down here anew.
//
// Where 8 bits are agreed on for ws, it compresses with 9: that is the least of Node's zlib, which
// raises them without a word. It never refers back so far that 8 bits do not suffice.
'use strict';

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');

const WINDOW_BITS = [8, 9, 10, 11, 12, 13, 14, 15];
const PARAMETERS = {
  server_no_context_takeover: /^$/,
  client_no_context_takeover: /^$/,
  server_max_window_bits: /^=([89]|1[0-5])$/,
  client_max_window_bits: /^(=([89]|1[0-5]))?$/,
};

/**
 * Every combination of the options of ws, 360. `clientMaxWindowBits: false` leaves the parameter
 * out of an offer, `true` offers it without a value.
 */
exports.combinations = () => {
  const all = [];
  for (const serverMaxWindowBits of [undefined, ...WINDOW_BITS]) {
    for (const clientMaxWindowBits of [false, true, ...WINDOW_BITS]) {
      for (const serverNoContextTakeover of [undefined, true]) {
        for (const clientNoContextTakeover of [undefined, true]) {
          all.push({
            serverMaxWindowBits,
            clientMaxWindowBits,
            serverNoContextTakeover,
            clientNoContextTakeover,
            threshold: 0,
          });
        }
      }
    }
  }
  return all;
};

/** The options that are set, for the message of a failure. */
const describe = ({ threshold, ...options }) => {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return set.map(([name, value]) => `${name}=${value}`).join(' ');
};

/** The parameters of the one extension in a field; `true` stands for a missing value. */
exports.read = (field) => {
  assert.equal(typeof field, 'string', 'Sec-WebSocket-Extensions is missing');
  const [name, ...parameters] = field.split(/; ?/);
  assert.equal(name, 'permessage-deflate', field);
  const read = {};
  for (const parameter of parameters) {
    const [, key, value] = /^([a-z_]+)(.*)$/.exec(parameter) ?? [];
    assert.ok(Object.hasOwn(PARAMETERS, key), `there is no parameter ${parameter}: ${field}`);
    assert.match(value, PARAMETERS[key], field);
    assert.ok(!Object.hasOwn(read, key), `${key} comes twice: ${field}`);
    read[key] = value === '' ? true : Number(value.slice(1));
  }
  return read;
};

/** The rules of section 7.1 that hold for whatever a server wants; both as `read` returns them. */
const checkRules = (offer, answer) => {
  if (offer.server_no_context_takeover) {
    assert.ok(answer.server_no_context_takeover, '7.1.1.1: the server has to forget');
  }
  if (offer.server_max_window_bits !== undefined) {
    const says = '7.1.2.1: the window of the server has to be as small as the offer says';
    assert.ok(answer.server_max_window_bits <= offer.server_max_window_bits, says);
  }
  if (answer.client_max_window_bits !== undefined) {
    assert.ok(offer.client_max_window_bits, '7.1.2.2: the window of the client was not offered');
    assert.notEqual(answer.client_max_window_bits, true, '7.1.2.2: an answer has a value');
    const most = offer.client_max_window_bits === true ? 15 : offer.client_max_window_bits;
    assert.ok(answer.client_max_window_bits <= most, '7.1.2.2: it was offered with fewer bits');
  }
};

/**
 * The rules, and that the server answers what it was told to want: nothing taken over unless
 * `takesOver`, windows of at most `windowBits`; and otherwise as much as the client offers.
 */
exports.checkAnswer = (offer, answer, { takesOver, windowBits }) => {
  checkRules(offer, answer);
  for (const side of ['server', 'client']) {
    const forgets = Boolean(answer[`${side}_no_context_takeover`]);
    const wants = Boolean(offer[`${side}_no_context_takeover`]) || !takesOver;
    assert.equal(forgets, wants, `whether the ${side} forgets`);
  }
  const serverBits = Math.min(windowBits, offer.server_max_window_bits ?? 15);
  assert.equal(answer.server_max_window_bits ?? 15, serverBits, 'the window of the server');
  if (offer.client_max_window_bits === undefined) return;
  const offered = offer.client_max_window_bits === true ? 15 : offer.client_max_window_bits;
  const clientBits = answer.client_max_window_bits ?? offered;
  assert.equal(clientBits, Math.min(windowBits, offered), 'the window of the client');
};

// Bytes that cannot be compressed, always the same.
const NOISE = Buffer.concat(
  Array.from({ length: 8192 }, (_, number) => createHash('sha256').update(`${number}`).digest()),
);
const noise = (seed, size) => {
  const start = (seed * 4099) % (NOISE.length - size);
  return NOISE.subarray(start, start + size);
};
const json = (seed) =>
  JSON.stringify({ type: 'quote', id: seed, price: (seed % 1000) / 8, name: 'Größe \u2713' });

const kinds = [
  json,
  (seed) => 'repetition '.repeat(1 + (seed % 400)),
  (seed) => noise(seed, seed % 1500).toString('base64'),
  () => '',
  (seed) => 'abc'[seed % 3],
];
const LARGE = [
  (seed) => Array.from({ length: 1000 }, (_, number) => json(seed + number)).join(),
  (seed) => noise(seed, 52_500).toString('base64'),
  () => 'x'.repeat(70_000),
];

/** Fifty lines of text; one of them has some 70 KB. */
exports.lines = (seed) =>
  Array.from({ length: 50 }, (_, number) => {
    const choices = number === 25 ? LARGE : kinds;
    return choices[(seed + number) % choices.length](seed + number);
  });

/** Cuts a text or bytes into three, the first one empty now and then. */
exports.fragments = (message, seed) => {
  const bytes = Buffer.from(message);
  const [first, second] = [seed % 3, bytes.length >> 1];
  const cuts = [0, Math.min(first, second), second, bytes.length];
  return [0, 1, 2].map((at) => bytes.subarray(cuts[at], cuts[at + 1]));
};

/**
 * Fifty messages, text and binary: `parts` are the fragments that each is sent in, and where
 * `compress` is false it is sent as it is.
 */
exports.messages = (seed) =>
  exports.lines(seed).map((line, number) => {
    const binary = number % 3 === 1;
    const isNoise = binary && number % 2 === 1;
    const whole = isNoise ? noise(seed + number, line.length) : Buffer.from(line);
    const parts = number % 7 === 3 ? exports.fragments(whole, number) : [whole];
    return { whole, binary, parts, compress: number % 11 !== 5 };
  });

/** Bytes that shrink only where the message before, the same, is remembered. */
exports.PROBE_BYTES = 150;
exports.probe = (seed) => noise(seed, exports.PROBE_BYTES);

/** Checks rows, so many of them at once; the failures name the options of their row. */
exports.forEach = async (rows, atOnce, check) => {
  const left = rows.values();
  const failures = [];
  const work = async () => {
    for (const row of left) {
      try {
        await check(row);
      } catch (error) {
        failures.push(`${describe(row.options)}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  assert.equal(failures.length, 0, `${failures.length} of ${rows.length}; ${failures.join('; ')}`);
};
