import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Action } from '../actions/action.ts';
import { toggleLive } from '../kit/live.ts';
import { LOCALES } from '../messages/translate.ts';
import { currentPreferences, setPreferences, THEMES } from '../reader/preferences.ts';
import { nextOf } from './top-bar.tsx';

/** What can be done on every page. */
export const useShellActions = (orgId: string, show: (overlay: 'palette' | 'help') => void): readonly Action[] => {
  const navigate = useNavigate();
  return useMemo(
    (): readonly Action[] => [
      {
        id: 'go.pipelines',
        group: 'go',
        label: 'actions.goPipelines',
        keywords: ['list', 'home', '管道'],
        keys: 'G P',
        run: () => void navigate({ to: '/organizations/$orgId/pipelines', params: { orgId } }),
      },
      {
        id: 'go.deadLetters',
        group: 'go',
        label: 'actions.goDeadLetters',
        keywords: ['errors', 'failed', '死信', '错误'],
        keys: 'G D',
        run: () => void navigate({ to: '/organizations/$orgId/dead-letters', params: { orgId } }),
      },
      {
        id: 'go.alarms',
        group: 'go',
        label: 'actions.goAlarms',
        keywords: ['alerts', 'receivers', 'webhook', '警报', '接收者'],
        keys: 'G A',
        run: () => void navigate({ to: '/organizations/$orgId/alarms', params: { orgId } }),
      },
      {
        id: 'go.topics',
        group: 'go',
        label: 'actions.goTopics',
        keywords: ['kafka', 'records', 'messages', 'offset', '主题', '记录'],
        keys: 'G T',
        run: () => void navigate({ to: '/organizations/$orgId/topics', params: { orgId } }),
      },
      {
        id: 'go.library',
        group: 'go',
        label: 'actions.goLibrary',
        keywords: ['library', 'reference', 'stages', '参考', '阶段'],
        keys: 'G O',
        run: () => void navigate({ to: '/organizations/$orgId/library', params: { orgId } }),
      },
      {
        id: 'go.assets',
        group: 'go',
        label: 'actions.goAssets',
        keywords: ['models', 'points', 'trees', '模型', '测点'],
        keys: 'G S',
        run: () => void navigate({ to: '/organizations/$orgId/assets', params: { orgId } }),
      },
      {
        id: 'go.connections',
        group: 'go',
        label: 'actions.goConnections',
        keywords: ['databases', 'systems', '数据库', '系统'],
        keys: 'G C',
        run: () => void navigate({ to: '/organizations/$orgId/connections', params: { orgId } }),
      },
      {
        id: 'go.people',
        group: 'go',
        label: 'actions.goPeople',
        keywords: ['members', 'users', 'roles', '成员', '用户'],
        keys: 'G U',
        run: () => void navigate({ to: '/organizations/$orgId/people', params: { orgId } }),
      },
      {
        id: 'go.access',
        group: 'go',
        label: 'actions.goAccess',
        keywords: ['keys', 'grants', 'audit', 'topics', '密钥', '授权', '审计'],
        keys: 'G K',
        run: () => void navigate({ to: '/organizations/$orgId/access', params: { orgId } }),
      },
      {
        id: 'go.resources',
        group: 'go',
        label: 'actions.goResources',
        keywords: ['quota', 'units', 'topics', 'libraries', '配额', '主题', '算子库'],
        keys: 'G R',
        run: () => void navigate({ to: '/organizations/$orgId/resources', params: { orgId } }),
      },
      {
        id: 'go.system',
        group: 'go',
        label: 'actions.goSystem',
        keywords: ['doctor', 'database', 'health', 'bounds', '数据库', '健康'],
        keys: 'G Y',
        run: () => void navigate({ to: '/organizations/$orgId/system', params: { orgId } }),
      },
      {
        id: 'go.account',
        group: 'go',
        label: 'actions.goAccount',
        keywords: ['password', 'sessions', '密码', '会话'],
        run: () => void navigate({ to: '/organizations/$orgId/account', params: { orgId } }),
      },
      {
        id: 'go.reference',
        group: 'go',
        label: 'actions.openReference',
        keywords: ['docs', 'openapi', '文档'],
        run: () => window.location.assign('/docs'),
      },
      { id: 'view.palette', group: 'view', label: 'actions.palette', keys: 'Mod+K', run: () => show('palette') },
      { id: 'view.help', group: 'view', label: 'actions.help', keys: '?', run: () => show('help') },
      { id: 'view.live', group: 'view', label: 'actions.live', keys: 'L', run: toggleLive },
      {
        id: 'view.theme',
        group: 'view',
        label: 'actions.theme',
        keywords: ['dark', 'light', 'colour', '主题'],
        run: () => setPreferences({ theme: nextOf(THEMES, currentPreferences().theme) }),
      },
      {
        id: 'view.language',
        group: 'view',
        label: 'actions.language',
        keywords: ['chinese', 'english', '中文', '英语'],
        run: () => setPreferences({ locale: nextOf(LOCALES, currentPreferences().locale) }),
      },
    ],
    [navigate, orgId, show],
  );
};
