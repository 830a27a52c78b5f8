import { Component, type ReactNode } from 'react';
import { text } from '../text/text.ts';
import { Button } from './button.tsx';
import { Fault } from './fault.tsx';
import styles from './error-boundary.module.css';

/** Keeps a fault, or a part of the app that could not be loaded, from taking the whole page with it. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className={styles.failed}>
        <Fault>{text.partFailed}</Fault>
        <Button onClick={() => location.reload()}>{text.reload}</Button>
      </div>
    );
  }
}
