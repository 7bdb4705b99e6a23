// A key pair that is made here and never leaves the browser unencrypted, and the request that is signed with it.

import { bits, context, integer, nothing, octets, oid, pem, printable, sequence, set, utf8 } from "./der.js";

const KINDS = {
  EC: { name: "ECDSA", namedCurve: "P-256" },
  RSA: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" },
};
// PBKDF2 with HMAC-SHA-256 (RFC 8018): as many rounds as OWASP advises; OpenSSL reads any number.
const ROUNDS = 600000;

/** A new pair: EC P-256 or RSA 2048. */
export function newPair(kind) {
  return crypto.subtle.generateKey(KINDS[kind], true, ["sign", "verify"]);
}

/** PEM of PKCS#8, encrypted with a password: PBES2 with PBKDF2 and AES-256-CBC (RFC 5958, RFC 8018). */
export async function encryptedKey(privateKey, password) {
  const plain = await crypto.subtle.exportKey("pkcs8", privateKey);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const vector = crypto.getRandomValues(new Uint8Array(16));
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
    base,
    { name: "AES-CBC", length: 256 },
    false,
    ["encrypt"],
  );
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv: vector }, key, plain));
  const random = sequence(oid("1.2.840.113549.2.9"), nothing());
  const derivation = sequence(oid("1.2.840.113549.1.5.12"), sequence(octets(salt), integer(ROUNDS), random));
  const cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(vector));
  const scheme = sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, cipher));
  return pem("ENCRYPTED PRIVATE KEY", sequence(scheme, octets(sealed)));
}

/** A certificate request (PKCS#10, RFC 2986) in DER. `name` is a list of [object identifier, text]. */
export async function request(pair, name) {
  const subject = sequence(...name.map(([type, value]) => set(sequence(oid(type), text(type, value)))));
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const information = sequence(integer(0), subject, publicKey, context(0, new Uint8Array()));
  const elliptic = pair.privateKey.algorithm.name === "ECDSA";
  const how = elliptic ? { name: "ECDSA", hash: "SHA-256" } : { name: "RSASSA-PKCS1-v1_5" };
  const signature = new Uint8Array(await crypto.subtle.sign(how, pair.privateKey, information));
  const algorithm = elliptic
    ? sequence(oid("1.2.840.10045.4.3.2"))
    : sequence(oid("1.2.840.113549.1.1.11"), nothing());
  return sequence(information, algorithm, bits(elliptic ? pairOfNumbers(signature) : signature));
}

// A country is a PrintableString (X.520); everything else may have diacritics.
function text(type, value) {
  return type === "2.5.4.6" ? printable(value) : utf8(value);
}

// WebCrypto gives R and S one after the other, X.509 wants them as two numbers.
function pairOfNumbers(signature) {
  const half = signature.length / 2;
  return sequence(integer(signature.slice(0, half)), integer(signature.slice(half)));
}
