import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly kind?: Kind;
  readonly children: ReactNode;
  /** It is at work: says so, takes no second click, and keeps its width and the focus. */
  readonly working?: string | false | undefined;
}

/** A button that is at least 44 px high. */
export const Button = ({ kind = 'plain', working, children, className, onClick, ...rest }: ButtonProps) => (
  <button
    type="button"
    className={`${styles.button} ${styles[kind]} ${className ?? ''}`}
    aria-disabled={working ? true : undefined}
    onClick={working ? (event) => event.preventDefault() : onClick}
    {...rest}
  >
    {working ? (
      <>
        <span className={styles.spinner} aria-hidden="true" />
        {working}
      </>
    ) : (
      children
    )}
  </button>
);

/** A button that shows only an icon; the label is what it is called. */
export const IconButton = ({
  label,
  children,
  className,
  ...rest
}: Omit<ComponentProps<'button'>, 'aria-label'> & { readonly label: string }) => (
  <button
    type="button"
    className={`${styles.icon} ${className ?? ''}`}
    aria-label={label}
    title={label}
    {...rest}
  >
    {children}
  </button>
);
