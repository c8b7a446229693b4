/** Tells software drivers (llvmpipe, SwiftShader) from graphics hardware. Unknown adapters count as hardware. */
export function isSoftwareAdapter(info: Partial<GPUAdapterInfo> | undefined): boolean {
  if (info === undefined) return false;
  const { isFallbackAdapter = false, architecture = '', description = '' } = info;
  return isFallbackAdapter || /software|llvmpipe|swiftshader/i.test(`${architecture} ${description}`);
}
