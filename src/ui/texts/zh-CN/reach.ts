import type { PageTexts } from '../catalogue';

export const reach: PageTexts['reach'] = {
  title: (host) => `这会访问 ${host}`,
  named: (what) => `所指定的是：${what}。目前还没有发出任何请求：本页面只能访问自己的站点。`,
  learns: (host) =>
    `如果你同意，页面会以另一种方式重新打开，届时也可以访问 ${host}。该站点会知道你的网络地址，以及你从那里取了什么；你的邮件、问题和运行不会发送出去。`,
  yes: (host) => `允许访问 ${host}`,
  no: '不，只用这里已有的内容',
  obstacle: (host) => `该模型位于 ${host}：请先决定是否允许本页面访问它。`,
  open: (hosts) => `本页面现在可以访问 ${hosts} 和自己的站点，除此之外都不能访问。`,
  lock: '重新锁定',
};
