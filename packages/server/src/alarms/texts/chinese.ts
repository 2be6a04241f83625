import type { Resource } from '../../resources/resource-types.ts';
import type { AlarmNotice } from './notice.ts';
import { factOf, resourceOf, type Wording, type Words } from './words.ts';

const TITLE: Readonly<Record<Resource, string>> = {
  standalone: '单机处理资源',
  'cluster-server': '集群处理资源（服务器）',
  'cluster-yarn': '集群处理资源（Yarn）',
  'stream-designing': '流设计资源',
  'message-queue': '消息队列资源',
};

const RAISED: Readonly<Record<NonNullable<AlarmNotice['rule']>, (notice: AlarmNotice) => Words>> = {
  status: (notice) => ({
    subject: `${factOf(notice, 'status')}：${notice.pipelineName}`,
    what:
      `管道的状态为 ${factOf(notice, 'status')}。` +
      (notice.facts.reasonCode === undefined ? '' : `原因：${factOf(notice, 'reasonCode')}。`),
    todo: '查看状态和事件（penstock status、penstock events），排除原因后重新启动。',
  }),
  lag: (notice) => ({
    subject: `积压 ${factOf(notice, 'lag')} > ${factOf(notice, 'threshold')}：${notice.pipelineName}`,
    what:
      `有 ${factOf(notice, 'lag')} 条记录等待读取，超过 ${factOf(notice, 'threshold')} 条已持续 ` +
      `${factOf(notice, 'forMinutes')} 分钟。`,
    todo: '提高读取速率（penstock pipelines rate），或暂停后以更多 CU 启动。',
  }),
  progress: (notice) => ({
    subject: `没有进展：${notice.pipelineName}`,
    what:
      `${factOf(notice, 'partitions')} 个分区停滞，而有 ${factOf(notice, 'waiting')} 条记录在等待，` +
      `首先是 ${factOf(notice, 'topic')} 的分区 ${factOf(notice, 'partition')}。`,
    todo: 'penstock status 会说明是哪些分区及原因；请检查这些分区的 broker 以及不可用的目标。',
  }),
  resource: (notice) => ({
    subject: `${resourceOf(notice, TITLE)}已使用 ${factOf(notice, 'percent')}%：${notice.orgId}`,
    what: `${resourceOf(notice, TITLE)}共 ${factOf(notice, 'granted')} CU，已使用 ${factOf(notice, 'used')} CU。`,
    todo: '申请更多配额（penstock grants set），或释放一部分：penstock grants list 和 penstock grants usage 会说明用量。',
  }),
};

const OF_RULE = { status: '状态告警', lag: '积压告警', progress: '无进展告警', resource: '资源' };

export const CHINESE: Wording = {
  labels: { pipeline: '管道', organization: '组织', since: '开始于', todo: '处理办法' },
  words: (notice) => {
    const name = notice.pipelineName;
    const rule = notice.rule === null ? '' : OF_RULE[notice.rule];
    switch (notice.kind) {
      case 'raised':
        return RAISED[notice.rule ?? 'status'](notice);
      case 'no-data':
        return {
          subject: `没有数据：${name}`,
          what: `运行应当上报却没有上报（状态 ${factOf(notice, 'status')}），其积压和进展未知。`,
          todo: '查看运行及其日志（penstock status、penstock logs），并检查 worker 能否访问服务。',
        };
      case 'recovered':
        return notice.rule === 'resource'
          ? {
              subject: `${resourceOf(notice, TITLE)}已充足：${notice.orgId}`,
              what: `${resourceOf(notice, TITLE)}共 ${factOf(notice, 'granted')} CU，已使用 ${factOf(notice, 'used')} CU。`,
              todo: '无需处理。',
            }
          : { subject: `已恢复：${name}`, what: `${rule}：已恢复正常。`, todo: '无需处理。' };
      case 'ended':
        return {
          subject: `不再监视：${name}`,
          what: `${rule}：管道的状态为 ${factOf(notice, 'status')}，没有可监视的内容。`,
          todo: '如属预期，无需处理。',
        };
      case 'test':
        return { subject: '接收人测试', what: '有人想确认告警能否送达这里。已经送达。', todo: '无需处理。' };
    }
  },
};
