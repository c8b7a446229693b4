/** Servers, downloads and what is kept of them. */
import type {
  Answered,
  Asked,
  download as english,
  DownloadFault,
} from '../../../../../errors/texts/en/policy/download';
import type { Like } from '../types';

const DOORS = {
  'not-public': '该文件不是公开的；请选择公开的文件。',
  'token-does-not-open': '给出的令牌打不开它：请检查名字，以及令牌是否有权读取这个模型。',
  'conditions-not-accepted':
    '给出的令牌打不开它：请先在模型页面上接受使用条件；或检查名字，以及令牌是否有权读取这个模型。',
  'no-token':
    '该模型不存在，或者是私有或受限的。如果你有权使用，请在 https://huggingface.co/settings/tokens 创建令牌，并通过环境变量 HF_TOKEN 给出，或填在页面上的模型旁边。',
};

const answered = ({ origin, url, status, statusText }: Answered): string =>
  `${origin}：${url} 返回了 ${status} ${statusText}`.trimEnd();
const brokenOff = (url: string, during: 'request' | 'download'): string =>
  during === 'request' ? `无法访问 ${url}` : `${url} 的下载中断了`;

function unreachable({ origin, url }: Asked, fault: DownloadFault): string {
  if ('found' in fault) {
    return `${origin}：${url} 的下载在 ${fault.found} 字节处结束，应有 ${fault.size} 字节。请再试一次。`;
  }
  const { during, reason, isPage } = fault;
  const cors = isPage ? '，以及服务器是否允许来自本页的请求（CORS）' : '';
  return `${origin}：${brokenOff(url, during)}（${reason}）。请检查网络连接和地址${cors}。`;
}

export const download: Like<typeof english> = {
  'policy/server-waits': ({ first, seconds }, tell) =>
    `${tell(first)}服务器要求 ${seconds} 秒内不要再访问；请在那之后再试。`,
  'policy/unreachable': ({ fault, kept, ...asked }) =>
    `${unreachable(asked, fault)}${kept === null ? '' : `前 ${kept} 字节已保留；下次会从其后继续。`}`,
  'policy/download-stalled': ({ origin, url, during, seconds }) =>
    `${origin}：${brokenOff(url, during)}（${seconds < 1 ? seconds.toFixed(1) : Math.ceil(seconds)} 秒没有收到数据）。请检查网络连接和地址。`,
  'policy/download-anew': ({ origin, url, why }) =>
    why === 'shorter'
      ? `${origin}：${url} 比已保留的部分还短；将重新下载。`
      : `${origin}：自上次下载了一部分以来，${url} 已经变了；将重新下载。`,
  'policy/redirects': ({ origin, url }) =>
    `${origin}：${url} 的重定向绕成了圈，或指向不是网址的地方。请检查地址。`,
  'policy/needs-token': ({ door, reason, ...answer }) =>
    `${answered(answer)}${reason === null ? '' : `（${reason}）`}。${DOORS[door]}`,
  'policy/server-busy': (answer) => `${answered(answer)}。服务器繁忙或出了故障。请稍后再试。`,
  'policy/download': (answer) => `${answered(answer)}。请检查名字，以及服务器上是否有该文件。`,
  'policy/wrong-content': ({ origin, url, found }) =>
    `${origin}：服务器声明 ${url} ${'size' in found ? `有 ${found.size} 字节` : `的 ${found.hash} 哈希值是 ${found.promised}`}，实际收到的是 ${found.came}。文件在途中被改动，或在此期间被更换。没有保留任何内容；请再试一次，或选择别的版本。`,
  'policy/lfs-pointer': ({ origin, url }) =>
    `${origin}：${url} 是 Git LFS 指针，只说明文件在哪里，而不是文件本身。没有保留任何内容。请给出提供文件本身的地址（在 Hub 上用 /resolve/，不用 /raw/），或在服务器取文件的地方运行 git lfs pull。`,
  'policy/web-page': ({ origin, path, url }) =>
    `${origin}：请求的是 ${path}，得到的却是网页。服务器对未知地址返回网页，所以该文件很可能不存在；请检查 ${url}。`,
  'policy/offline': ({ origin, path }) =>
    `${origin}：${path} 不在已保留的下载中，而 offline 已开启，因此不访问服务器。请先关闭 offline 下载一次，或给出文件夹的路径。`,
  'policy/cache': ({ place, full, reason }) =>
    `缓存 ${place} ${full ? '已满' : '无法写入'}（${reason}）。请${full ? '腾出空间（例如用 npm run models -- --clear），或' : ''}把 MAILGYM_CACHE 设为别处的文件夹。`,
};
