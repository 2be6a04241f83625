import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
}

const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(' ');

export const Button = ({ kind = 'plain', className, ...rest }: ButtonProps) => (
  <button type="button" {...rest} className={classes(styles.button, kind !== 'plain' && styles[kind], className)} />
);

/** Looks like a button and goes to an address of the service that is no page of the console. */
export const ButtonLink = ({
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) => (
  <a {...rest} className={classes(styles.button, styles.link)}>
    {children}
  </a>
);

/** A button with a picture only; its name is for those who cannot see it, and shown when it is pointed at. */
export const IconButton = ({
  label,
  children,
  className,
  ...rest
}: ButtonProps & { readonly label: string; readonly children: ReactNode }) => (
  <Button kind="quiet" {...rest} aria-label={label} title={label} className={classes(styles.icon, className)}>
    {children}
  </Button>
);
