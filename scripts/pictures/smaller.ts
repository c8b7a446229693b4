/** Pictures of an interface have few colours: a palette makes them a third as large, and nobody sees it. */
import sharp from 'sharp';

export async function smaller(png: Buffer): Promise<Buffer> {
  return sharp(png)
    .png({ palette: true, colours: 128, dither: 0, effort: 10, compressionLevel: 9 })
    .toBuffer();
}
