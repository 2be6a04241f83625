import { CircleCheck, CircleX, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './page.module.css';

export type Tone = 'good' | 'warn' | 'bad';

const ICONS: Readonly<Record<Tone, LucideIcon>> = { good: CircleCheck, warn: TriangleAlert, bad: CircleX };

interface MarkProps {
  readonly tone: Tone;
  /** Where the sign of the tone says too little. */
  readonly icon?: LucideIcon;
  /** What it means, where it is pointed at. */
  readonly title?: string;
  /** It tells of something that has just been done. */
  readonly isNews?: boolean;
  readonly children: ReactNode;
}

/** How something is, by sign, word and colour; on a line of its own where it is set apart. */
export const Mark = ({ tone, icon: Icon = ICONS[tone], title, isNews, children }: MarkProps) => (
  <span className={`${styles.mark} ${styles[tone]}`} title={title} {...(isNews === true ? { role: 'status' } : {})}>
    <Icon size={14} aria-hidden="true" /> <span>{children}</span>
  </span>
);
