module.exports = [...require('./claimloop/tasks')];
