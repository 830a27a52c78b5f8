import { describe, expect, it } from '@jest/globals';
import { anyText, decimalNumber, InvalidSettings, oneOf, readSettings, wholeNumber } from './settings.ts';

const settings = {
  PORT: {
    meaning: 'port',
    form: 'a whole number from 0 to 65535',
    default: '3000',
    parse: wholeNumber(0, 65535),
  },
  CLOCK: {
    meaning: 'clock',
    form: 'system or simulated',
    default: 'system',
    parse: oneOf('system', 'simulated'),
  },
  SPEED: { meaning: 'speed', form: 'a number from 0 to 10', default: '1', parse: decimalNumber(0, 10) },
  FILE: { meaning: 'file', form: 'a path', default: undefined, parse: anyText },
} as const;

describe('settings', () => {
  it('have their defaults where the environment says nothing, or nothing but an empty text', () => {
    expect(readSettings(settings, { PORT: '' })).toEqual({ PORT: 3000, CLOCK: 'system', SPEED: 1 });
  });

  it('come from the environment', () => {
    expect(readSettings(settings, { PORT: '0', CLOCK: 'simulated', SPEED: '0.5', FILE: 'a b' })).toEqual({
      PORT: 0,
      CLOCK: 'simulated',
      SPEED: 0.5,
      FILE: 'a b',
    });
  });

  it('that are wrong are refused all at once, with the accepted form of each', () => {
    expect(() => readSettings(settings, { PORT: '70000', CLOCK: 'sundial', SPEED: '-1' })).toThrow(
      new InvalidSettings([
        'PORT=70000 is not valid: it has to be a whole number from 0 to 65535.',
        'CLOCK=sundial is not valid: it has to be system or simulated.',
        'SPEED=-1 is not valid: it has to be a number from 0 to 10.',
      ]),
    );
  });

  it.each(['3e3', ' 3000', '3000.5', '0x10', 'NaN', '-0'])('do not take %p for a whole number', (text) => {
    expect(() => readSettings(settings, { PORT: text })).toThrow(InvalidSettings);
  });
});
