// A worker: the SHA-256 of files, slice by slice, so that one of any size needs little memory. crypto.subtle wants a
// whole file at once, and is not there at all on pages without HTTPS; it does the small ones where it can.
const SLICE = 4 << 20;
const SMALL = 16 << 20;
const K = new Int32Array(64);
const START = new Int32Array(8);

// The first 32 bits of the fractions of the roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3).
(() => {
  const part = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  for (let number = 2, found = 0; found < 64; number++) {
    let isPrime = true;
    for (let by = 2; by * by <= number; by++) if (number % by === 0) isPrime = false;
    if (!isPrime) continue;
    if (found < 8) START[found] = part(Math.sqrt(number));
    K[found++] = part(Math.cbrt(number));
  }
})();

const schedule = new Int32Array(64);

function digestBlocks(state, bytes, end) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 64 <= end; at += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const x = schedule[i - 15];
      const y = schedule[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      schedule[i] = (schedule[i - 16] + s0 + schedule[i - 7] + s1) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3]; // not unpacked: an iterator for each block
    let e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + schedule[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }
}

function closing(rest, size) {
  const bytes = new Uint8Array(rest.length + 9 > 64 ? 128 : 64);
  bytes.set(rest);
  bytes[rest.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(size / 2 ** 29));
  view.setUint32(bytes.length - 4, (size * 8) >>> 0);
  return bytes;
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function sha256(file) {
  if (file.size <= SMALL && self.crypto?.subtle) {
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
  }
  const state = START.slice();
  let rest = new Uint8Array(0);
  for (let at = 0; at < file.size; at += SLICE) {
    const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
    const end = bytes.length - (bytes.length % 64); // a slice is a multiple of 64, but for the last one
    digestBlocks(state, bytes, end);
    rest = bytes.slice(end);
    self.postMessage({ read: Math.min(at + SLICE, file.size) });
  }
  const last = closing(rest, file.size);
  digestBlocks(state, last, last.length);
  const view = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => view.setInt32(4 * index, word));
  return hex(new Uint8Array(view.buffer));
}

self.addEventListener("message", async ({ data: file }) => {
  try {
    self.postMessage({ sha256: await sha256(file) });
  } catch {
    self.postMessage({ error: true });
  }
});
