// Runs tests one after the other and prints a line for each, as node.py reads them.
'use strict';

const SECONDS = 60;

/** Runs a test, and lets it fail when it takes too long. */
exports.run = async (name, test) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end in ${SECONDS} s`)), SECONDS * 1000);
  });
  try {
    await Promise.race([test(), late]);
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.message.replace(/\s+/g, ' ').slice(0, 300)}`);
  } finally {
    clearTimeout(timer);
  }
};

/** Ends a connection without a word; below TLS, where Node cannot reset it, by closing the socket. */
exports.breakOff = (stream) => (stream.encrypted ? stream.destroy() : stream.resetAndDestroy());
