-- Loading the module itself, with everything it requires.
return {
  run = function()
    local rsnapshots = require "rsnapshots"
    local snapshot, err = rsnapshots.extract_snapshot '{"snapshot": {"id": "a"}}'
    return snapshot and snapshot.id .. rsnapshots._VERSION, err
  end,
}
