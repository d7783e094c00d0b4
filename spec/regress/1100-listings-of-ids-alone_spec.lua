-- Kind: listings show neither names nor metadata. rotate looked for its new snapshot by its name
-- only, did not find it, and said nothing: each run of a slot made another one.
local served = require "spec.support.served_command"
local shown = require "spec.support.shown"

describe("rotate where listings show no names and", function()
  for _, keys in ipairs { { "metadata" }, { "volume_id" }, { "metadata", "volume_id" } } do
    it("no " .. table.concat(keys, ", no ") .. ", says that no run will find it", function()
      local cloud = served.cloud()
      cloud.sim:add_volume { name = "web" }
      cloud.sim.quirks[1] = shown.rows(function(row)
        row:set("name", nil)
        for _, key in ipairs(keys) do
          row:set(key, nil)
        end
      end)
      local _, err, status = cloud:run "rotate --volume web --keep-last 1"
      assert.equal(1, status)
      assert.matches("was made, but listings show it without its volume or its metadata", err)
      cloud:close()
    end)
  end
end)
