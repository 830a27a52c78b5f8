import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useId, useRef, useState, type SubmitEvent } from 'react';
import type { Me, Party, SessionRequest } from '../api/client.ts';
import { useAnswer, useMe, useSession } from '../api/queries.ts';
import { adviceOn, ApiProblem, isLoggedOut, NetworkFailure } from '../api/problem.ts';
import { leaveForLogIn } from '../log-in.ts';
import { useCloseDialog, useParameter } from '../navigation.ts';
import { otherParty } from '../sessions/parties.ts';
import { slotText } from '../text/slot-text.ts';
import { text } from '../text/text.ts';
import { useNow } from '../time/clock.ts';
import { formatMoment, formatSlot } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Fault, LoadingFailed } from '../ui/fault.tsx';
import { SlotTimes } from '../ui/slot-times.tsx';
import { Conflict } from './conflict.tsx';
import { useDraft } from './draft.ts';
import { faultsOf, faultsOfError, faultsOfRefusal, focusFault, type Faults } from './faults.ts';
import { chosenSlot, localSlotOf } from './local-slot.ts';
import styles from './request-dialog.module.css';
import { Restored } from './restored.tsx';
import { SlotForm } from './slot-form.tsx';
import { slotFromAddress } from './slot-from-address.ts';
import { useSlotCheck } from './use-slot-check.ts';

/** Proposes another slot for a session: `?adjust=<id>`, with `from` and `to` where the new slot is known already. */
export const AdjustDialog = () => {
  const id = useParameter('adjust') ?? '';
  const close = useCloseDialog();
  const me = useMe().data;
  const session = useSession(id);
  const texts = slotText.adjust;
  if (me && session.data) return <AdjustForm key={id} me={me} current={session.data} />;
  return (
    <Dialog title={texts.loading} onClose={close}>
      {session.error ? (
        <LoadingFailed what={texts.loadFailed} error={session.error} onRetry={() => session.refetch()} />
      ) : (
        <p role="status">{text.loading}</p>
      )}
    </Dialog>
  );
};

const AdjustForm = ({ me, current }: { readonly me: Me; readonly current: SessionRequest }) => {
  const close = useCloseDialog();
  const zone = useZone();
  const now = useNow();
  const seed = slotFromAddress(useParameter('from'), useParameter('to'));
  /** The state that whoever fills this in has seen. */
  const [seen, setSeen] = useState(current);
  const { draft, isDirty, wasKept, change, forget } = useDraft(
    `draft of an adjustment of ${current.id} by ${me.id}`,
    { other: null, slot: localSlotOf(seed ?? current.proposal ?? current.slot, zone), note: '' },
    seed ? `${seed.startsAt} ${seed.endsAt}` : '',
  );
  const other = otherParty(current, me);
  const slot = chosenSlot(draft.slot, zone);
  const canAdjust = current.allowedActions.includes('adjust');
  const check = useSlotCheck(canAdjust ? { adjust: current.id } : undefined, slot);
  const answer = useAnswer();
  const [wasTried, setWasTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const news = useRef<HTMLElement>(null);
  const formId = useId();
  const texts = slotText.adjust;

  const finish = ({ proposal }: SessionRequest) => {
    forget();
    close();
    announce(texts.sent(other.name, proposal && formatMoment(proposal.respondBy, zone, now)));
  };
  // No answer came, and yet what was sent is there now.
  const sent = answer.variables?.action === 'adjust' ? answer.variables : undefined;
  const hasArrived =
    answer.error instanceof NetworkFailure &&
    current.revision === seen.revision + 1 &&
    current.proposal?.proposedBy === me.role &&
    current.proposal.startsAt === sent?.startsAt &&
    current.proposal.endsAt === sent.endsAt;
  const whenArrived = useEffectEvent(() => finish(current));
  useEffect(() => {
    if (hasArrived) whenArrived();
  }, [hasArrived]);
  // What my own proposal makes of it is no news.
  const hasChanged =
    current.revision !== seen.revision && !answer.isPending && !answer.isSuccess && !hasArrived;
  const wasRefused = hasChanged && answer.isError;
  useEffect(() => {
    // The button that had the focus is gone. Whoever is typing is not interrupted: a button leads there.
    if (wasRefused) news.current?.focus();
  }, [wasRefused]);
  const client = useQueryClient();
  const { revision } = current;
  const checked = useRef(revision);
  useEffect(() => {
    // What a slot would mean was asked about the state before.
    if (checked.current === revision) return;
    checked.current = revision;
    void client.invalidateQueries({ queryKey: ['slot-preview'] });
  }, [client, revision]);
  const missing = faultsOf(draft, zone);
  const isConflict = answer.error instanceof ApiProblem && answer.error.code === 'conflict';
  const refused = faultsOfError(answer.error);
  const refusal = check.isPresent ? check.preview?.refusal : undefined;
  // That nothing has been changed yet is no fault before somebody wants to send it.
  const present = current.proposal ?? current.agreed;
  const isUnchanged =
    slot !== undefined && slot.startsAt === present?.startsAt && slot.endsAt === present.endsAt;
  const faults: Faults = {
    ...(refusal && (!isUnchanged || wasTried) && faultsOfRefusal(refusal)),
    ...refused,
    ...(wasTried && missing),
  };
  const edit: typeof change = (changes) => {
    if (answer.isError) answer.reset();
    change(changes);
  };

  const send = () => {
    setWasTried(true);
    if (Object.keys(missing).length > 0 || !slot) {
      focusFault(form.current, missing);
      return;
    }
    setSeen(current);
    const written = draft.note.trim();
    answer.mutate(
      {
        id: current.id,
        revision: current.revision,
        action: 'adjust',
        ...slot,
        ...(written !== '' && { note: written }),
      },
      {
        onSuccess: finish,
        onError: (error) => {
          if (isLoggedOut(error)) leaveForLogIn();
          else focusFault(form.current, faultsOfError(error));
        },
      },
    );
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // What has changed is looked at first; there is a button for sending it all the same.
    if (!hasChanged) send();
  };
  const leave = () => {
    forget();
    close();
  };

  return (
    <Dialog
      title={texts.title(other.name)}
      isDirty={isDirty && (canAdjust || hasChanged)}
      isBusy={answer.isPending}
      onClose={leave}
      footer={(ask) => (
        <>
          {answer.error && !(isConflict && hasChanged) && Object.keys(refused).length === 0 && (
            <Fault>{adviceOn(answer.error)}</Fault>
          )}
          <Button onClick={ask}>
            {canAdjust && !hasChanged ? slotText.request.cancel : slotText.dialog.close}
          </Button>
          {hasChanged && (
            <Button kind="primary" onClick={() => news.current?.focus()}>
              {slotText.conflict.see}
            </Button>
          )}
          {canAdjust && !hasChanged && (
            <Button kind="primary" type="submit" form={formId} working={answer.isPending && texts.sending}>
              {texts.send}
            </Button>
          )}
        </>
      )}
    >
      <form ref={form} id={formId} className={styles.form} onSubmit={submit} noValidate>
        {hasChanged ? (
          <Conflict
            ref={news}
            before={seen}
            after={current}
            me={me.role}
            other={other}
            say={(changed) => formatSlot(changed, zone, now)}
            onSend={canAdjust ? send : undefined}
          />
        ) : (
          !canAdjust && !answer.isSuccess && <Fault>{texts.notPossible}</Fault>
        )}
        {wasKept && isDirty && <Restored onStartAfresh={forget} />}
        <SlotForm
          slot={draft.slot}
          onSlot={(next) => edit({ slot: next })}
          note={draft.note}
          onNote={(note) => edit({ note })}
          me={me.role}
          isChange={current.agreed !== null}
          before={<Before current={current} other={other} />}
          hint={isUnchanged ? texts.unchanged : undefined}
          {...{ other, zone, now, faults, check }}
        />
      </form>
    </Dialog>
  );
};

/** What the new slot takes the place of; an agreed slot stands beside a proposal, and until another one is accepted. */
const Before = ({
  current: { agreed, proposal },
  other,
}: {
  readonly current: SessionRequest;
  readonly other: Party;
}) => {
  const texts = slotText.adjust;
  if (!agreed && !proposal) return null;
  return (
    <>
      <dl className={styles.before}>
        {agreed && (
          <div className={styles.row}>
            <dt>{texts.before.agreed}</dt>
            <dd>
              <SlotTimes slot={agreed} other={other} struck={proposal === null} />
            </dd>
          </div>
        )}
        {proposal && (
          <div className={styles.row}>
            <dt>{texts.before.proposed}</dt>
            <dd>
              <SlotTimes slot={proposal} other={other} struck />
            </dd>
          </div>
        )}
      </dl>
      <p className={styles.soft}>{texts.after}</p>
    </>
  );
};
