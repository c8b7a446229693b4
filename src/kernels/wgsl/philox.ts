/** Philox4x32-10 in WGSL; the same function as `src/random/philox.ts`, checked against it in a test. */
export const PHILOX = `
fn mul_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu; let a1 = a >> 16u; let b0 = b & 0xffffu; let b1 = b >> 16u;
  let low = a0 * b0;
  let mid = a1 * b0 + (low >> 16u);
  let mid_low = (mid & 0xffffu) + a0 * b1;
  return a1 * b1 + (mid >> 16u) + (mid_low >> 16u);
}
fn philox4x32(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = key;
  for (var round = 0; round < 10; round++) {
    let h0 = mul_high(0xd2511f53u, c.x); let l0 = 0xd2511f53u * c.x;
    let h1 = mul_high(0xcd9e8d57u, c.z); let l1 = 0xcd9e8d57u * c.z;
    c = vec4<u32>(h1 ^ c.y ^ k.x, l1, h0 ^ c.w ^ k.y, l0);
    k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`;
