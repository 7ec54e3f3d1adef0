// For tasks that bring no configuration of their own.
module.exports = {};
