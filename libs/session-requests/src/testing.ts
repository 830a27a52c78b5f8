export { consequenceOf, given, stateAfter, type Consequence, type Given } from './testing/given-when-then.ts';
export { live, lives, type Happening, type Step } from './testing/lives.ts';
export { answerCommand, happeningsOf, randomWalks, type Attempt } from './testing/random-walk.ts';
