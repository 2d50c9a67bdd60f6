// What a programme may want otherwise. Everything else in this folder is taken as it is.
module.exports = {
  // A task is shown from the record's reported_date until the record's answer_by, which ClaimLoop sets by
  // claimloop.cht.task-window (28 days by default). It is due so many days before answer_by:
  lateDays: 21,

  // Where a record has no answer_by (written by an older ClaimLoop): days from its reported_date.
  windowDays: 28,

  // Feedback counts for the target when it came within so many days of the record.
  targetDays: 14,
  targetGoal: 80,

  // How a day, '2026-11-22', is written in the task and in the form. For Bikram Sambat: npm install bikram-sambat, and
  //   dateInWords: day => require('bikram-sambat').toBik_text(day),
  // (1.8.1 or newer: older ones, also that of CHT 4.11's forms, tell another day from 2083 on.)
  dateInWords: day => day.split('-').reverse().join('/'),

  // Conflicts of interest. Where the CHW belongs to the facility, somebody else has to ask:
  // code of the facility in openIMIS -> the places whose users get the task instead. Those places must hold the
  // patient, too (a supervisor's place above, or a second CHW's user on the same place).
  // Example: { VIHC001: ['<_id of the supervisor\'s place>'] }
  conflicts: {},

  // Plain words for the items and services that ClaimLoop may show (claimloop.cht.shown-lines), by openIMIS's code.
  // What is not here is shown by openIMIS's name. Example: require('./line-labels.json')
  lineLabels: require('./line-labels.json'),
};
