// Visits of a CHW, as the harness fills them in: the claim record, the answers page by page, and how long it took.
const VISIT = ['yes', 'yes', 'yes', 'yes', 'self'];
const ANSWERS = ['yes', 'no', 'yes', 'yes', '4', 'no', ''];

module.exports = {
  'answered': { record: 'first-claim', pages: [VISIT, ANSWERS, ['no']], seconds: 240 },
  'drugs-not-prescribed': { record: 'first-claim', pages: [VISIT, ['yes', 'no', 'no', '5', 'no', ''], ['no']], seconds: 200 },
  'drugs-not-received': { record: 'second-claim', pages: [VISIT, ['yes', 'no', 'yes', 'no', '2', 'no', ''], ['yes']], seconds: 230 },
  'no-care-was-given': { record: 'two-day-visit', pages: [VISIT, ['no', 'no', 'no', '1', 'no', ''], ['yes']], seconds: 95 },
  'paid-and-complained': {
    record: 'asked-for-by-officer',
    pages: [
      ['yes', 'yes', 'yes', 'yes', 'guardian'],
      ['yes', 'yes', '250', 'no', 'yes', 'yes', '2', 'yes', 'payment', 'Had to pay for the bandages', 'Mother answered, नमस्ते'],
      ['no'],
    ],
    seconds: 412,
  },
  'one-service-not-received': {
    record: 'three-services',
    pages: [VISIT, ANSWERS, ['as_declared', 'not_at_all', 'as_declared']],
    seconds: 300,
  },
  'fewer-than-declared': {
    record: 'three-services',
    pages: [VISIT, ANSWERS, ['as_declared', 'as_declared', 'fewer']],
    seconds: 310,
  },
  'not-found': { record: 'first-claim', pages: [['not_found', 'The house was locked three times']], seconds: 20 },
  'moved': { record: 'first-claim', pages: [['moved', 'A neighbour told']], seconds: 25 },
  'died': { record: 'first-claim', pages: [['died', 'The family told']], seconds: 31 },
  'refused': { record: 'first-claim', pages: [['yes', 'yes', 'no', 'No reason given']], seconds: 44 },
  'wrong-person': { record: 'first-claim', pages: [['yes', 'no']], seconds: 15 },
};
