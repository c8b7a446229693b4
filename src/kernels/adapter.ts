/** Tells software drivers (llvmpipe, SwiftShader) from graphics hardware. Unknown adapters count as hardware. */
export function isSoftwareAdapter(info: Partial<GPUAdapterInfo> | undefined): boolean {
  if (info === undefined) return false;
  const { isFallbackAdapter = false, architecture = '', description = '' } = info;
  return isFallbackAdapter || /software|llvmpipe|swiftshader/i.test(`${architecture} ${description}`);
}

/** The device by its driver's name, for people; `unnamed adapter` where nothing is told. */
export function adapterName(info: Partial<GPUAdapterInfo> | undefined): string {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  // Drivers that play a GPU tell more of themselves than of their device.
  if (isSoftwareAdapter(info) && description !== '') return description;
  return device || description || `${vendor} ${architecture}`.trim() || 'unnamed adapter';
}
