import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

/** In place of a list that has nothing in it: that it is so, and what to do next or what will come. */
export const EmptyState = ({
  title,
  lead,
  icon,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  /** Above the title. */
  readonly icon?: ReactNode;
  /** What can be done. */
  readonly children?: ReactNode;
}) => (
  <div className={styles.empty}>
    {icon !== undefined && <span className={styles.icon}>{icon}</span>}
    <strong>{title}</strong>
    <p>{lead}</p>
    {children}
  </div>
);
