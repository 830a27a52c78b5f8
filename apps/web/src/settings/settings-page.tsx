import { useId, useState } from 'react';
import { useMe } from '../api/queries.ts';
import { text } from '../text/text.ts';
import { now } from '../time/clock.ts';
import { formatMoment, isZone } from '../time/format.ts';
import { deviceZone } from '../time/zone.ts';
import { announce } from '../ui/announcer.tsx';
import { Fault } from '../ui/fault.tsx';
import { useTitle } from '../ui/use-title.ts';
import { choose, usePreferences, type Preferences } from './preferences.ts';
import styles from './settings-page.module.css';

/** Time zone and appearance; each choice holds at once. */
export const SettingsPage = () => {
  useTitle(text.settings.title);
  return (
    <div className={styles.page}>
      <h1>{text.settings.title}</h1>
      <TimeZone />
      <Theme />
    </div>
  );
};

const save = (choice: Partial<Preferences>): void => {
  choose(choice);
  announce(text.settings.saved);
};

const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])];

const TimeZone = () => {
  const id = useId();
  const { timeZone } = usePreferences();
  const profile = useMe().data?.timeZone ?? 'UTC';
  const isOther = timeZone !== 'profile' && timeZone !== 'device';
  const [typed, setTyped] = useState(isOther ? timeZone : '');
  const [isChoosingOther, setChoosingOther] = useState(isOther);
  const [isLeft, setLeft] = useState(false);
  const isFault = isLeft && typed !== '' && !isZone(typed);
  const pick = (zone: string): void => {
    setChoosingOther(false);
    save({ timeZone: zone });
  };
  const type = (zone: string): void => {
    setTyped(zone);
    setLeft(false);
    // Abbreviations are zones, too, and the beginnings of others.
    const known = zones.find((name) => name.toLowerCase() === zone.toLowerCase());
    if (known !== undefined) save({ timeZone: known });
    else if (zone.includes('/') && isZone(zone)) save({ timeZone: zone });
  };
  const choice = (zone: string, label: string, shown: string) => (
    <label className={styles.choice}>
      <input
        type="radio"
        name={id}
        checked={!isChoosingOther && timeZone === zone}
        onChange={() => pick(zone)}
      />
      <span>
        {label}
        <small>{formatMoment(now(), shown, now())}</small>
      </span>
    </label>
  );
  return (
    <fieldset className={styles.group}>
      <legend>{text.settings.timeZone}</legend>
      <p>{text.settings.timeZoneLead}</p>
      {choice('profile', text.settings.zoneOfProfile(profile), profile)}
      {choice('device', text.settings.zoneOfDevice(deviceZone()), deviceZone())}
      <label className={styles.choice}>
        <input type="radio" name={id} checked={isChoosingOther} onChange={() => setChoosingOther(true)} />
        <span>{text.settings.zoneChosen}</span>
      </label>
      {isChoosingOther && (
        <>
          <input
            className={styles.zone}
            aria-label={text.settings.timeZone}
            aria-invalid={isFault}
            list={`${id}-zones`}
            value={typed}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => type(event.target.value.trim())}
            onBlur={() => setLeft(true)}
          />
          <datalist id={`${id}-zones`}>
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          {isFault && <Fault>{text.settings.zoneUnknown(typed)}</Fault>}
        </>
      )}
    </fieldset>
  );
};

const Theme = () => {
  const id = useId();
  const { theme } = usePreferences();
  return (
    <fieldset className={styles.group}>
      <legend>{text.settings.theme}</legend>
      {(['system', 'light', 'dark'] as const).map((other) => (
        <label key={other} className={styles.choice}>
          <input type="radio" name={id} checked={theme === other} onChange={() => save({ theme: other })} />
          <span>{text.settings.themes[other]}</span>
        </label>
      ))}
    </fieldset>
  );
};
