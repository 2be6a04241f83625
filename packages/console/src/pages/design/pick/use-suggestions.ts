import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { assetsQuery, connectionsQuery, modelQuery, modelsQuery, topicsQuery } from '../../../api/references.ts';
import { type Text, useText } from '../../../reader/use-text.ts';
import { useSteadyDesign } from '../model/design-context.ts';
import type { Suggestion } from './combobox.tsx';
import { MAX_OFFERED, matching, modelInPoint, type ReferenceKind, suggestPoints } from './suggest.ts';

const PAUSE_MS = 250;

/** What was typed, once nobody types any more. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
};

interface Asked {
  readonly kind: ReferenceKind;
  readonly typed: string;
  /** Nothing is asked of the service before somebody looks. */
  readonly isOpen: boolean;
  /** Points that the document names already. */
  readonly points: readonly string[];
}

export interface Suggested {
  readonly suggestions: readonly Suggestion[];
  /** What is to be said of them. */
  readonly status: string;
}

/** What there is to be named in a field, from the service. */
export const useSuggestions = ({ kind, typed, isOpen, points }: Asked): Suggested => {
  const text = useText();
  const { orgId } = useSteadyDesign();
  const isAsked = (...kinds: readonly ReferenceKind[]): boolean => isOpen && kinds.includes(kind);
  const settled = useSettled(typed);
  const modelId = modelInPoint(settled);
  const topics = useQuery({ ...topicsQuery(orgId), enabled: isAsked('topic') });
  const connections = useQuery({ ...connectionsQuery(orgId), enabled: isAsked('connection') });
  const models = useQuery({ ...modelsQuery(orgId), enabled: isAsked('model', 'point') });
  const model = useQuery({
    ...modelQuery(orgId, modelId ?? ''),
    enabled: isAsked('point') && modelId !== undefined && modelId !== '',
  });
  const assets = useQuery({
    ...assetsQuery(orgId, settled.slice(0, 200)),
    enabled: isAsked('asset'),
    placeholderData: (before) => before,
  });
  const named = (items: readonly { readonly value: string; readonly hint: string }[]) => matching(items, typed);
  switch (kind) {
    case 'topic': {
      const found = (topics.data?.items ?? []).map(({ topic, read, write }) => ({
        value: topic,
        hint: usesOf(text, read, write),
      }));
      const patterns = topics.data?.patterns ?? [];
      const more = patterns.length === 0 ? '' : text.t('pick.patterns', { patterns: patterns.join(', ') });
      return offered(text, named(found), topics, { more });
    }
    case 'connection': {
      const found = (connections.data?.items ?? []).map(({ name, kind: type, address }) => ({
        value: name,
        hint: `${type} · ${address}`,
      }));
      return offered(text, named(found), connections, { isPart: connections.data?.isWhole === false });
    }
    case 'model': {
      const found = (models.data?.items ?? []).map(({ modelId: value, name }) => ({ value, hint: name }));
      return offered(text, named(found), models, { isPart: models.data?.isWhole === false });
    }
    case 'asset': {
      const found = (assets.data?.items ?? []).map(({ assetId, name, modelId: of }) => ({
        value: assetId,
        hint: `${name} · ${of}`,
      }));
      return offered(text, found, assets, { isPart: (assets.data?.nextCursor ?? null) !== null });
    }
    case 'point': {
      const known = { models: models.data?.items ?? [], points: model.data?.points, own: points };
      const query = modelId === undefined ? models : model;
      const isPart = modelId === undefined && models.data?.isWhole === false;
      return offered(text, suggestPoints(typed, known), query, { isPart });
    }
  }
};

const usesOf = ({ t }: Text, read: boolean, write: boolean): string =>
  t(read && write ? 'pick.readWrite' : read ? 'pick.read' : 'pick.write');

interface Told {
  /** There are more than the service has told of. */
  readonly isPart?: boolean;
  readonly more?: string;
}

const offered = (
  { t, number }: Text,
  found: readonly Suggestion[],
  query: { readonly isError: boolean; readonly isFetching: boolean; readonly error: unknown },
  { isPart = false, more = '' }: Told,
): Suggested => {
  const suggestions = found.slice(0, MAX_OFFERED);
  const size = (): string => {
    if (query.isError) return t('pick.failed', { reason: String(query.error) });
    if (query.isFetching && found.length === 0) return t('app.loading');
    if (found.length === 0) return t('pick.none');
    if (found.length > MAX_OFFERED || isPart) return t('pick.more', { n: number(suggestions.length) });
    return '';
  };
  return { suggestions, status: [size(), more].filter(Boolean).join(' ') };
};
