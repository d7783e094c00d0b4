-- Kind: the null of no metadata was taken for the metadata after a change, even where the change
-- took no effect.
local connect = require "spec.support.connect"

describe("a change of metadata that is answered by null", function()
  local client, sim, id

  before_each(function()
    client, sim = connect.new()
    id = assert(client:create { volume_id = sim.volume_id, metadata = { a = "1" } }).id
  end)

  after_each(function()
    client:close()
    sim:close()
  end)

  local function answer(method, act)
    sim:fault { method = method, path = "/metadata", status = 200, body = '{"metadata": null}',
      times = 1, act = act }
  end

  it("and took effect is read again", function()
    answer("POST", true)
    assert.same({ a = "1", b = "2" }, assert(client:set_metadata(id, { b = "2" })))
    answer("PUT", true)
    assert.same({ c = "3" }, assert(client:replace_metadata(id, { c = "3" })))
    answer("PUT", true)
    assert.same({}, assert(client:replace_metadata(id, {})))
  end)

  it("and took none is an error", function()
    for method, change in pairs { POST = client.set_metadata, PUT = client.replace_metadata } do
      answer(method)
      local metadata, err = change(client, id, { b = "2" })
      assert.is_nil(metadata)
      assert.equal("decode", err.kind)
    end
  end)
end)
