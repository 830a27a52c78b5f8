import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { text } from '../text/text.ts';
import { slotText } from '../text/slot-text.ts';
import { Button, IconButton } from './button.tsx';
import './react-aria-styles.ts';
import styles from './dialog.module.css';
import { CloseIcon } from './icons.tsx';

/** What stands in a dialog; as a function it is given what closes the dialog, the question about unsent text included. */
export type DialogPart = ReactNode | ((close: () => void) => ReactNode);

export interface DialogProps {
  readonly title: string;
  /** Unmounts the dialog. It is open as long as it is mounted. */
  readonly onClose: () => void;
  readonly children: DialogPart;
  /** Stays in sight below what scrolls; buttons. */
  readonly footer?: DialogPart;
  /** How wide the card may become: 26, 34 (default) or 46 rem; a phone always gives its whole width. */
  readonly size?: 'small' | 'medium' | 'large';
  /** A question that has to be answered: role `alertdialog`, and a click beside it does not close it. */
  readonly alert?: boolean;
  /** Something was typed that closing throws away: it asks first. */
  readonly isDirty?: boolean;
  /** Something that must not be interrupted is under way: it cannot be closed. */
  readonly isBusy?: boolean;
  /** Id of the text that explains an alert. */
  readonly describedBy?: string;
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
            <IconButton label={slotText.dialog.close} className={styles.close} onClick={close}>
              <CloseIcon />
            </IconButton>
          </header>
          <div className={styles.content}>{part(children, close)}</div>
          {footer === undefined ? null : <footer className={styles.footer}>{part(footer, close)}</footer>}
          {asking ? (
            <ConfirmDialog
              title={slotText.dialog.discard.title}
              confirm={slotText.dialog.discard.confirm}
              dismiss={slotText.dialog.discard.dismiss}
              onConfirm={onClose}
              onDismiss={() => setAsking(false)}
            >
              {slotText.dialog.discard.explanation}
            </ConfirmDialog>
          ) : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
};

export interface ConfirmDialogProps {
  /** The question. */
  readonly title: string;
  /** What happens on "yes", and what does not. */
  readonly children: ReactNode;
  /** What is done, as the button says it: "Cancel the session", never "OK". */
  readonly confirm: string;
  /** What the other button says. */
  readonly dismiss: string;
  readonly onConfirm: () => void;
  readonly onDismiss: () => void;
  /** It is being carried out; the dialog stays until it is unmounted. */
  readonly isBusy?: boolean;
  /** A third way out, between the two buttons. */
  readonly alternative?: ReactNode;
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
  const wayBack = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // After the dialog has taken the focus to itself.
    wayBack.current?.focus();
  }, []);
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
          <Button ref={wayBack} onClick={close} disabled={isBusy}>
            {dismiss}
          </Button>
          {alternative}
          <Button kind="danger" onClick={onConfirm} working={isBusy && text.working}>
            {confirm}
          </Button>
        </>
      )}
    >
      <div id={explanation}>{children}</div>
    </Dialog>
  );
};
