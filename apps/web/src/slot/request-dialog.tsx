import { useId, useRef, useState, type SubmitEvent } from 'react';
import type { Me } from '../api/client.ts';
import { useMe, useRequestSession } from '../api/queries.ts';
import { adviceOn, isLoggedOut } from '../api/problem.ts';
import { leaveForLogIn } from '../log-in.ts';
import { useCloseDialog, useParameter } from '../navigation.ts';
import { slotText } from '../text/slot-text.ts';
import { useNow } from '../time/clock.ts';
import { formatMoment } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Fault } from '../ui/fault.tsx';
import { useDraft } from './draft.ts';
import { faultsOf, faultsOfError, faultsOfRefusal, focusFault, type Faults } from './faults.ts';
import { chosenSlot, localSlotOf, type LocalSlot } from './local-slot.ts';
import { PartyField } from './party-field.tsx';
import styles from './request-dialog.module.css';
import { Restored } from './restored.tsx';
import { SlotForm } from './slot-form.tsx';
import { slotFromAddress } from './slot-from-address.ts';
import { useSlotCheck } from './use-slot-check.ts';

/** Asks somebody for a session: `?request=new`, with `from` and `to` where the slot is known already. */
export const RequestDialog = () => {
  const me = useMe().data;
  return me ? <RequestForm me={me} /> : null;
};

const empty: LocalSlot = { day: null, time: null, minutes: 60, which: 'earlier' };

const RequestForm = ({ me }: { readonly me: Me }) => {
  const close = useCloseDialog();
  const zone = useZone();
  const now = useNow();
  const from = useParameter('from');
  const to = useParameter('to');
  const seed = slotFromAddress(from, to);
  const { draft, isDirty, wasKept, change, forget } = useDraft(
    `draft of a request by ${me.id}`,
    { other: null, slot: seed ? localSlotOf(seed, zone) : empty, note: '' },
    seed ? `${seed.startsAt} ${seed.endsAt}` : '',
  );
  const { other, note } = draft;
  const otherRole = me.role === 'coach' ? 'client' : 'coach';
  const slot = chosenSlot(draft.slot, zone);
  const check = useSlotCheck(other ? { with: other.id } : undefined, slot);
  const request = useRequestSession();
  const [wasTried, setWasTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const formId = useId();
  const texts = slotText.request;

  const missing: Faults = {
    ...(other === null && { other: texts.missing[otherRole] }),
    ...faultsOf(draft, zone),
  };
  const refused = faultsOfError(request.error);
  const faults: Faults = {
    ...(check.isPresent && check.preview?.refusal && faultsOfRefusal(check.preview.refusal)),
    ...refused,
    ...(wasTried && missing),
  };
  const edit: typeof change = (changes) => {
    // What was refused is another request now.
    if (request.isError) request.reset();
    change(changes);
  };

  const send = (event: SubmitEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (Object.keys(missing).length > 0 || !other || !slot) {
      focusFault(form.current, missing);
      return;
    }
    const written = note.trim();
    request.mutate(
      { with: other.id, ...slot, ...(written !== '' && { note: written }) },
      {
        onSuccess: ({ proposal }) => {
          forget();
          close();
          announce(texts.sent(other.name, proposal && formatMoment(proposal.respondBy, zone, now)));
        },
        onError: (error) => {
          if (isLoggedOut(error)) leaveForLogIn();
          else focusFault(form.current, faultsOfError(error));
        },
      },
    );
  };

  return (
    <Dialog
      title={texts.title}
      isDirty={isDirty}
      isBusy={request.isPending}
      onClose={() => {
        forget();
        close();
      }}
      footer={(leave) => (
        <>
          {request.error && Object.keys(refused).length === 0 && <Fault>{adviceOn(request.error)}</Fault>}
          <Button onClick={leave}>{texts.cancel}</Button>
          <Button kind="primary" type="submit" form={formId} working={request.isPending && texts.sending}>
            {texts.send}
          </Button>
        </>
      )}
    >
      <form ref={form} id={formId} className={styles.form} onSubmit={send} noValidate>
        {wasKept && isDirty && <Restored onStartAfresh={forget} />}
        <PartyField
          role={otherRole}
          value={other}
          onChange={(party) => edit({ other: party })}
          fault={faults.other}
        />
        <SlotForm
          slot={draft.slot}
          onSlot={(next) => edit({ slot: next })}
          note={note}
          onNote={(next) => edit({ note: next })}
          other={other ?? undefined}
          me={me.role}
          isChange={false}
          {...{ zone, now, faults, check }}
        />
      </form>
    </Dialog>
  );
};
