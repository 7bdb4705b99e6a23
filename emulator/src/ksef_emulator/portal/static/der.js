// DER (ITU-T X.690): only what a private key and a certificate request need. Every function gives a Uint8Array.

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, nothing: 0x05, oid: 0x06, utf8: 0x0c, printable: 0x13, sequence: 0x30, set: 0x31 };

/** Several arrays one after another. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function length(size) {
  if (size < 0x80) return Uint8Array.of(size);
  const bytes = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

/** A value with its tag and length. */
export function tagged(tag, content) {
  return joined(Uint8Array.of(tag), length(content.length), content);
}

export const sequence = (...parts) => tagged(TAG.sequence, joined(...parts));
export const set = (...parts) => tagged(TAG.set, joined(...parts));
export const octets = (bytes) => tagged(TAG.octets, bytes);
export const bits = (bytes) => tagged(TAG.bits, joined(Uint8Array.of(0), bytes));
export const nothing = () => tagged(TAG.nothing, new Uint8Array());
export const utf8 = (text) => tagged(TAG.utf8, new TextEncoder().encode(text));
export const printable = (text) => tagged(TAG.printable, new TextEncoder().encode(text));
/** An element with a number of its own, such as a request's attributes. */
export const context = (number, content) => tagged(0xa0 | number, content);

/** A whole number that is not negative: a number, or its bytes, the greatest first. */
export function integer(value) {
  let bytes = value;
  if (typeof value === "number") {
    const found = [];
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) found.unshift(rest % 256);
    bytes = Uint8Array.from(found.length ? found : [0]);
  }
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const short = bytes.slice(start);
  return tagged(TAG.integer, short[0] & 0x80 ? joined(Uint8Array.of(0), short) : short);
}

/** An object identifier from its dotted text. */
export function oid(dotted) {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  const content = [];
  for (const part of [first * 40 + second, ...rest]) {
    const digits = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left & 0x7f));
    content.push(...digits);
  }
  return tagged(TAG.oid, Uint8Array.from(content));
}

/** Base64 of bytes. */
export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** PEM with lines of 64 characters. */
export function pem(label, bytes) {
  const lines = base64(bytes).match(/.{1,64}/g).join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
