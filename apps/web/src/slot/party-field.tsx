import { useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { ComboBox } from 'react-aria-components/ComboBox';
import { FieldError } from 'react-aria-components/FieldError';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import type { Participant } from '../api/client.ts';
import { useParticipantSearch } from '../api/queries.ts';
import { slotText } from '../text/slot-text.ts';
import { zonePlace } from '../time/format.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { CloseIcon } from '../ui/icons.tsx';
import fields from './fields.module.css';
import styles from './party-field.module.css';
import { useRested } from './use-slot-check.ts';

interface PartyFieldProps {
  /** The role of those who can be chosen. */
  readonly role: 'coach' | 'client';
  readonly value: Participant | null;
  readonly onChange: (value: Participant | null) => void;
  readonly fault?: string | undefined;
}

/** Longest text that the API searches for. */
const longestSearch = 100;
/** As many as the search gives at once; so many may not be all. */
const pageSize = 20;

/** Whom to ask: searched for by name; once chosen, shown until it is taken back. */
export const PartyField = (props: PartyFieldProps) => {
  const [hasChanged, setHasChanged] = useState(false);
  const change = (value: Participant | null) => {
    setHasChanged(true);
    props.onChange(value);
  };
  return props.value ? (
    <ChosenParty {...props} value={props.value} onChange={change} takesFocus={hasChanged} />
  ) : (
    <PartySearch {...props} onChange={change} />
  );
};

const ChosenParty = ({
  role,
  value,
  onChange,
  fault,
  takesFocus,
}: PartyFieldProps & { readonly value: Participant; readonly takesFocus: boolean }) => {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The field that had the focus is gone.
    if (takesFocus) button.current?.focus();
  }, [takesFocus]);
  return (
    <div className={fields.field}>
      <span className={fields.label}>{slotText.request.with[role]}</span>
      <div className={styles.chosen}>
        <Party party={value} />
        <IconButton
          ref={button}
          label={slotText.request.clear}
          onClick={() => onChange(null)}
          data-field="other"
        >
          <CloseIcon />
        </IconButton>
      </div>
      {fault !== undefined && (
        <p className={fields.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
};

/** Without what a search does not distinguish: case and accents. */
const folded = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const PartySearch = ({ role, onChange, fault }: PartyFieldProps) => {
  const [q, setQ] = useState('');
  const rested = useRested(q, 150);
  const search = useParticipantSearch(rested);
  const isOld = search.isPlaceholderData || rested !== q;
  // Who does not match any more goes at once; who matches as well comes with the answer.
  const found = (search.data ?? []).filter(({ name }) => !isOld || folded(name).includes(folded(q.trim())));
  const texts = slotText.request;
  const empty = search.isError
    ? texts.searchFailed
    : search.isPending || isOld
      ? texts.searching
      : q.trim() === ''
        ? texts.nobodyAtAll
        : texts.nobody(q.trim());
  return (
    <ComboBox
      className={fields.field ?? ''}
      items={found}
      inputValue={q}
      onInputChange={setQ}
      onChange={(key) => {
        const chosen = found.find(({ id }) => id === key);
        if (chosen) onChange(chosen);
      }}
      allowsEmptyCollection
      menuTrigger="input"
      isInvalid={fault !== undefined}
      // On a phone the keyboard would cover half of the dialog before anybody has read it.
      autoFocus={matchMedia('(pointer: fine)').matches}
    >
      <Label className={fields.label ?? ''}>{texts.with[role]}</Label>
      <Group className={fields.box ?? ''}>
        <Input
          className={`${fields.input ?? ''} ${styles.search ?? ''}`}
          placeholder={texts.withPlaceholder}
          maxLength={longestSearch}
          data-field="other"
        />
        <AriaButton className={fields.inside ?? ''} aria-label={texts.show}>
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d="M6 9l6 6 6-6" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
          </svg>
        </AriaButton>
      </Group>
      <FieldError className={fields.fault ?? ''}>{fault}</FieldError>
      <Popover className={styles.popover ?? ''} offset={4}>
        {/* Within a landmark, because the popover stands outside of the dialog's. */}
        <section className={styles.found} aria-label={texts.found}>
          <ListBox<Participant>
            className={styles.list ?? ''}
            renderEmptyState={() => <p className={styles.empty}>{empty}</p>}
          >
            {(party) => (
              <ListBoxItem className={styles.option ?? ''} textValue={party.name}>
                <Party party={party} />
              </ListBoxItem>
            )}
          </ListBox>
          {found.length >= pageSize && <p className={styles.more}>{texts.more}</p>}
        </section>
      </Popover>
    </ComboBox>
  );
};

const Party = ({ party }: { readonly party: Participant }) => (
  <span className={styles.party}>
    <Avatar name={party.name} picture={party.picture} size={32} />
    <span className={styles.name}>
      {party.name} <span className={styles.place}>{zonePlace(party.timeZone)}</span>
    </span>
  </span>
);
