/** Files of a repository on the Hugging Face hub, or a server that speaks like it. */
import { PolicyError } from '../../errors/policy';
import type { ModelFiles } from '../../formats/files';
import type { FileHash, ListedFile, SourceFacts } from './cache';
import { parseHubName } from './hub-name';
import { UrlFiles, type DownloadOptions } from './url';

export const HUB_ENDPOINT = 'https://huggingface.co';

/**
 * Files of `owner/name`, `owner/name@revision`, with a folder or a GGUF file behind it. All files of a source come from the
 * commit that the revision meant when the first was asked for, until its downloads are cleared.
 * @throws PolicyError for a name or an endpoint that is none
 */
export function hubFiles(name: string, options: DownloadOptions = {}): ModelFiles {
  const { repository, revision, folder, file } = parseHubName(name);
  const endpoint = (options.endpoint ?? HUB_ENDPOINT).replace(/\/+$/, '');
  if (!/^https?:\/\/[^?#]+$/.test(endpoint) || !URL.canParse(endpoint)) {
    throw PolicyError.of('policy/hub-endpoint', { endpoint, usual: HUB_ENDPOINT });
  }
  const at = encodeURIComponent(revision);
  return new UrlFiles(
    {
      source: {
        base: `${endpoint}/${repository}/resolve/${at}/`,
        name: `hub:${repository}@${revision}${endpoint === HUB_ENDPOINT ? '' : ` at ${endpoint}`}`,
      },
      origin: `hub:${name}`,
      folder,
      file,
      hub: {
        list: `${endpoint}/api/models/${repository}/revision/${at}?blobs=true`,
        fileAt: (commit, path) => `${endpoint}/${repository}/resolve/${commit ?? at}/${path}`,
        read: readListing,
      },
    },
    options,
  );
}

interface Sibling {
  readonly rfilename?: unknown;
  readonly size?: unknown;
  readonly blobId?: unknown;
  readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown } | null;
}

/** `sha` and `siblings` of the hub's model info. https://huggingface.co/docs/hub/api */
function readListing(answer: unknown): SourceFacts | null {
  const { sha, siblings } = (answer ?? {}) as { sha?: unknown; siblings?: unknown };
  if (!Array.isArray(siblings)) return null;
  const files = (siblings as Sibling[]).flatMap(({ rfilename, size, blobId, lfs }): [string, ListedFile][] =>
    typeof rfilename !== 'string'
      ? []
      : [
          [
            rfilename,
            {
              size: sizeOf(lfs?.size ?? size),
              hash:
                (lfs ?? null) === null ? hashOf('git-sha1', 40, blobId) : hashOf('sha256', 64, lfs?.sha256),
            },
          ],
        ],
  );
  return { commit: hashOf('git-sha1', 40, sha)?.hex ?? null, files: Object.fromEntries(files) };
}

function sizeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function hashOf(name: FileHash['name'], digits: number, value: unknown): FileHash | null {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value)
    ? { name, hex: value }
    : null;
}
