--- What monitoring gets and what it makes of that: Prometheus' own tool on the metrics that `check`
-- writes and on the alert rules in examples/.
local process = require "spec.support.process"
local retention = require "rsnapshots.retention"
local served = require "spec.support.served_command"

local RULES = "examples/prometheus/rsnapshots.rules.yml"

local _, missing = process.run "command -v promtool"

-- A value every five minutes.
local TESTS = [[
rule_files: [%s]
evaluation_interval: 15m
tests:
  - interval: 5m
    input_series:
      - series: rsnapshots_newest_good_timestamp_seconds{volume="web",volume_id="1"}
        values: 0x720
      - series: rsnapshots_check_status{volume="web",volume_id="1"}
        values: 0x312 1x288 2x120
      - series: rsnapshots_check_status{volume="new",volume_id="2"}
        values: 2x720
      - series: rsnapshots_last_check_timestamp_seconds
        values: 0+300x480 144000x240
    alert_rule_test:
      - { eval_time: 26h, alertname: SnapshotTooOld }
      - eval_time: 27h
        alertname: SnapshotTooOld
        exp_alerts:
          - exp_labels: { severity: warning, volume: web, volume_id: "1" }
            exp_annotations:
              summary: The newest good snapshot of web is 1d 3h 0m 0s old
      - eval_time: 1h
        alertname: SnapshotMissing
        exp_alerts:
          - exp_labels: { severity: critical, volume: new, volume_id: "2" }
            exp_annotations: { summary: new has no good snapshot from the last two days }
      - { eval_time: 42h, alertname: SnapshotCheckStopped }
      - eval_time: 44h
        alertname: SnapshotCheckStopped
        exp_alerts:
          - exp_labels: { severity: critical }
            exp_annotations: { summary: rsnapshots check has not run for three hours }
]]

describe("Prometheus #once", function()
  if missing ~= 0 then
    pending "needs promtool"
    return
  end

  local cloud

  before_each(function() cloud = served.cloud() end)
  after_each(function() cloud:close() end)

  it("takes the metrics of check, whatever volumes are called", function()
    for _, name in ipairs { "web", 'a "quoted" \\ name', "two\nlines", "ü 漢字" } do
      local id = cloud.sim:add_volume { name = name, metadata = { backup = "yes" } }
      cloud.sim:add_snapshots(2, { volume_id = id, metadata = retention.mark "nightly" })
    end
    local _, err, status = cloud:run(
      "check --volume-property backup=yes -f prometheus --output x.prom")
    assert.same({ "", 0 }, { err, status })
    local output, ended = process.run(("promtool check metrics <%s/x.prom"):format(cloud.folder))
    assert.same({ "", 0 }, { output, ended })
    assert.equal(4, select(2, process.read(cloud.folder .. "/x.prom")
      :gsub("\nrsnapshots_check_status{", "")))
  end)

  it("takes the alert rules, and alerts when it should", function()
    local output, status = process.run("promtool check rules " .. RULES)
    assert.equal(0, status, output)
    cloud:write("tests.yml", TESTS:format((process.run("pwd"):match "[^\n]+") .. "/" .. RULES))
    output, status = process.run(("promtool test rules %s/tests.yml"):format(cloud.folder))
    assert.equal(0, status, output)
  end)
end)
