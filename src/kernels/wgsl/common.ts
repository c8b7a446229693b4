/** Pieces of WGSL that several kernels share. */

/** `linear_index(wid, lid, n)`: invocation number across a two-dimensional grid of 1-D workgroups of `size`. */
export const linearIndex = (size: number): string => `
fn linear_index(wid: vec3<u32>, groups: vec3<u32>, lid: u32) -> u32 {
  return (wid.y * groups.x + wid.x) * ${size}u + lid;
}`;

/** Entry point of a kernel with one invocation per element; `i` is the index, `p.count` the number of elements. */
export const elementwise = (size: number, body: string): string => `${linearIndex(size)}
@compute @workgroup_size(${size}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = linear_index(wid, groups, lid);
  if (i >= p.count) { return; }
  ${body}
}`;

/** Entry point of a kernel with one workgroup per row: no invocation divides to find its row. `p.rows` is their number. */
export const rowwise = (size: number, body: string): string => `
@compute @workgroup_size(${size}, 1, 1)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let row = wid.y * groups.x + wid.x;
  if (row >= p.rows) { return; }
  ${body}
}`;

export const ELEMENTWISE_SIZE = 64;
/** Smaller groups for kernels whose invocations each do a long loop: more groups, better balance. */
export const ROW_SIZE = 16;
