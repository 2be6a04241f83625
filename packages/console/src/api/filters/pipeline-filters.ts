/** What the states of the tabs are: a state on its way counts with where it goes. */
export const STATE_TABS = {
  failed: ['START_ERROR', 'RUN_ERROR'],
  running: ['STARTING', 'RUNNING'],
  paused: ['PAUSING', 'PAUSED'],
  stopped: ['STOPPING', 'STOPPED'],
  idle: ['EDITED', 'PUBLISHED'],
} as const;
export type StateTab = keyof typeof STATE_TABS;
export const STATE_TAB_NAMES = Object.keys(STATE_TABS) as readonly StateTab[];

/** What a list of pipelines is narrowed by; it stands in the address. */
export interface PipelineFilters {
  readonly text?: string;
  readonly state?: StateTab;
  readonly mode?: 0 | 1;
  /** Empty: those in no group. */
  readonly group?: string;
  readonly label?: string;
  readonly sort?: 'name';
}

const isTab = (value: unknown): value is StateTab => STATE_TAB_NAMES.some((name) => name === value);
/** Addresses are parsed as JSON, so a text of digits comes as a number. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** Filters from an address. What is not one of them is left out, so that an old or wrong address still shows a list. */
export const readPipelineFilters = (search: Readonly<Record<string, unknown>>): PipelineFilters => {
  const text = textOf(search.text)?.slice(0, 200);
  const group = textOf(search.group)?.slice(0, 60);
  const label = textOf(search.label)?.slice(0, 60);
  return {
    ...(text === undefined || text === '' ? {} : { text }),
    ...(isTab(search.state) ? { state: search.state } : {}),
    ...(search.mode === 0 || search.mode === 1 ? { mode: search.mode } : {}),
    ...(group === undefined ? {} : { group }),
    ...(label === undefined || label === '' ? {} : { label }),
    ...(search.sort === 'name' ? { sort: 'name' as const } : {}),
  };
};

/** Filters as the API takes them. */
export const queryOfFilters = (filters: PipelineFilters) => ({
  sort: filters.sort ?? ('updated' as const),
  ...(filters.text === undefined ? {} : { text: filters.text }),
  ...(filters.state === undefined ? {} : { status: STATE_TABS[filters.state].join(',') }),
  ...(filters.mode === undefined ? {} : { executionMode: filters.mode }),
  ...(filters.group === undefined ? {} : { group: filters.group }),
  ...(filters.label === undefined ? {} : { label: filters.label }),
});

/** How many pipelines each tab has, from how many are in each state. */
export const countsOfTabs = (counts: Readonly<Record<string, number>>): Readonly<Record<StateTab | 'all', number>> => {
  const of = (states: readonly string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return {
    all: of(Object.keys(counts)),
    failed: of(STATE_TABS.failed),
    running: of(STATE_TABS.running),
    paused: of(STATE_TABS.paused),
    stopped: of(STATE_TABS.stopped),
    idle: of(STATE_TABS.idle),
  };
};

/** Whether a list is narrowed at all; the order is no filter. */
export const isFiltered = ({ sort: _sort, ...filters }: PipelineFilters): boolean => Object.keys(filters).length > 0;
