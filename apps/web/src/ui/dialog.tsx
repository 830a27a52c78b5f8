import { useId, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { dialogText } from '../text/en-slot.ts';
import styles from './dialog.module.css';

/** What stands in a dialog; as a function it is given what closes the dialog, the question about unsent text included. */
export type DialogPart = ReactNode | ((close: () => void) => ReactNode);

export interface DialogProps {
  title: string;
  /** Unmounts the dialog. It is open as long as it is mounted. */
  onClose: () => void;
  children: DialogPart;
  /** Stays in sight below what scrolls; buttons. */
  footer?: DialogPart;
  /** How wide the card may become: 26, 34 (default) or 46 rem; a phone always gives its whole width. */
  size?: 'small' | 'medium' | 'large';
  /** A question that has to be answered: role `alertdialog`, and a click beside it does not close it. */
  alert?: boolean;
  /** Something was typed that closing throws away: it asks first. */
  isDirty?: boolean;
  /** Something that must not be interrupted is under way: it cannot be closed. */
  isBusy?: boolean;
  /** Id of the text that explains an alert. */
  describedBy?: string;
}

const part = (content: DialogPart, close: () => void): ReactNode =>
  typeof content === 'function' ? content(close) : content;

/**
 * A modal dialog: a card in the middle, on phones a sheet from below. Keeps the focus inside and gives it back to where it was,
 * closes on Escape, on its button and on a click beside it. Its content scrolls between the title and the footer.
 */
export const Dialog = ({
  title,
  onClose,
  children,
  footer,
  size = 'medium',
  alert = false,
  isDirty = false,
  isBusy = false,
  describedBy,
}: DialogProps) => {
  const [asking, setAsking] = useState(false);
  const close = () => {
    if (isBusy) return;
    if (isDirty) setAsking(true);
    else onClose();
  };
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen
      isDismissable={!alert && !isBusy}
      isKeyboardDismissDisabled={isBusy}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Modal className={`${styles.card ?? ''} ${styles[size] ?? ''}`}>
        <AriaDialog
          className={styles.dialog ?? ''}
          role={alert ? 'alertdialog' : 'dialog'}
          {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
        >
          <header className={styles.header}>
            <Heading slot="title" level={2} className={styles.title ?? ''}>
              {title}
            </Heading>
            <Button className={styles.close ?? ''} aria-label={dialogText.close} onPress={close}>
              <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
                <path d="M6 6l12 12M18 6L6 18" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
              </svg>
            </Button>
          </header>
          <div className={styles.content}>{part(children, close)}</div>
          {footer === undefined ? null : <footer className={styles.footer}>{part(footer, close)}</footer>}
          {asking ? (
            <ConfirmDialog
              title={dialogText.discard.title}
              confirm={dialogText.discard.confirm}
              dismiss={dialogText.discard.dismiss}
              onConfirm={onClose}
              onDismiss={() => setAsking(false)}
            >
              {dialogText.discard.explanation}
            </ConfirmDialog>
          ) : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
};

export interface ConfirmDialogProps {
  /** The question. */
  title: string;
  /** What happens on "yes", and what does not. */
  children: ReactNode;
  /** What is done, as the button says it: "Cancel the session", never "OK". */
  confirm: string;
  /** What the other button says. */
  dismiss: string;
  onConfirm: () => void;
  onDismiss: () => void;
  /** It is being carried out; the dialog stays until it is unmounted. */
  isBusy?: boolean;
  /** A third way out, between the two buttons. */
  alternative?: ReactNode;
}

/** Asks before something that cannot be taken back. The way back has the focus at first. */
export const ConfirmDialog = ({
  title,
  children,
  confirm,
  dismiss,
  onConfirm,
  onDismiss,
  isBusy = false,
  alternative,
}: ConfirmDialogProps) => {
  const explanation = useId();
  return (
    <Dialog
      title={title}
      onClose={onDismiss}
      size="small"
      alert
      isBusy={isBusy}
      describedBy={explanation}
      footer={(close) => (
        <>
          <Button className={styles.plain ?? ''} onPress={close} isDisabled={isBusy} autoFocus>
            {dismiss}
          </Button>
          {alternative}
          <Button className={styles.danger ?? ''} onPress={onConfirm} isPending={isBusy}>
            {confirm}
          </Button>
        </>
      )}
    >
      <div id={explanation}>{children}</div>
    </Dialog>
  );
};
