--- What is printed: formats, columns, and tables that fit.
local cells = require "rsnapshots.cli.output.cells"
local columns = require "rsnapshots.cli.output.columns"
local csv = require "rsnapshots.cli.output.csv"
local json = require "rsnapshots.cli.output.json"
local Printer = require "rsnapshots.cli.output.printer"
local table_ = require "rsnapshots.cli.output.table"
local terminal = require "rsnapshots.terminal"
local text = require "rsnapshots.cli.output.text"

local ITEMS = {
  { id = "b1", name = "nightly", description = "before the\nupgrade", status = "AVAILABLE",
    size = 10, created_at = "2026-11-23T08:00:00", created_time = 1795420800,
    metadata = { b = "2", a = "x y" } },
  { id = "a2", name = "漢字", status = "ERROR", size = 9, metadata = {} },
}

-- What these options make of the items.
local function printed(options, method, view)
  local parts = {}
  local context = { options = options, out = {}, is_terminal = view and view.is_terminal,
    colours = view and view.colours, fail = function(message) error(message, 0) end }
  function context.columns()
    return context.is_terminal and 80 or nil
  end
  function context.out.print(_, part)
    parts[#parts + 1] = part
  end
  local printer = assert(Printer.new(context, columns.SNAPSHOT))
  if method == "fields" then
    printer:fields({ ITEMS[1] }, columns.SNAPSHOT)
  else
    printer:rows(ITEMS, columns.shown(columns.SNAPSHOT, options.long))
  end
  return table.concat(parts)
end

describe("rows", function()
  it("are a table", function()
    assert.equal([[
+----+---------+---------------------+-----------+------+
| ID | Name    | Description         | Status    | Size |
+----+---------+---------------------+-----------+------+
| b1 | nightly | before the\nupgrade | available |   10 |
| a2 | 漢字    |                     | error     |    9 |
+----+---------+---------------------+-----------+------+
]], printed {})
  end)

  it("are CSV, with quotes where they are asked for", function()
    assert.equal('"ID","Size"\n"b1",10\n"a2",9\n',
      printed { format = "csv", column = { "id", "size" } })
    assert.equal("Name,Description\nnightly,\"before the\nupgrade\"\n漢字,\n",
      printed { format = "csv", column = { "name", "description" }, quote = "minimal" })
    assert.equal('"Size"\n"10"\n"9"\n', printed { format = "csv", column = { "size" },
      quote = "all" })
    assert.equal("Properties\n{\"a\": \"x y\", \"b\": \"2\"}\n\n", printed { format = "csv",
      column = { "properties" }, quote = "none" })
    assert.equal('"a""b"\n', csv.line { { 'a"b' } })
  end)

  it("are values, one row a line, empty where there is none", function()
    assert.equal("b1 before the\\nupgrade 10\na2  9\n", printed { format = "value",
      column = { "ID", "description", "SIZE" } })
    assert.equal('{"a": "x y", "b": "2"}\n\n', printed { format = "value",
      column = { "Properties" } })
  end)

  it("are JSON by the service's names, in the order asked for", function()
    assert.equal('[{"size": 10, "metadata": {"a": "x y", "b": "2"}, "description": "before the\\n'
      .. 'upgrade"}, {"size": 9, "metadata": {}, "description": null}]\n',
      printed { format = "json", noindent = true,
        column = { "size", "Properties", "description" } })
    assert.equal('[\n  {\n    "id": "b1"\n  },\n  {\n    "id": "a2"\n  }\n]\n',
      printed { format = "json", column = { "id" } })
  end)

  it("are sorted by any column, numbers as numbers", function()
    assert.equal("a2\nb1\n", printed { format = "value", column = { "id" },
      sort_column = { "size" } })
    assert.equal("a2\nb1\n", printed { format = "value", column = { "id" },
      sort_column = { "created at" } }) -- none comes first
    assert.equal("b1\na2\n", printed { format = "value", column = { "id" },
      sort_column = { "Status", "id" } })
  end)

  it("have the time of the place on a terminal, and as received elsewhere", function()
    local shown = printed({ column = { "created_at" } }, "rows", { is_terminal = true })
    local offset = os.date("%z", 1795420800):gsub("(%d%d)$", ":%1")
    assert.matches(os.date("%Y-%m-%d %H:%M:%S ", 1795420800) .. offset, shown, 1, true)
    for _, format in ipairs { "csv", "value", "json" } do
      assert.matches("2026-11-23T08:00:00", printed({ column = { "created_at" }, format = format },
        "rows", { is_terminal = true }), 1, true)
    end
    assert.matches("2026-11-23T08:00:00", printed { column = { "created_at" } }, 1, true)
  end)

  it("have colours where they carry meaning, and only when asked for", function()
    local shown = printed({ column = { "status" } }, "rows", { colours = true })
    assert.matches("| available |", shown, 1, true)
    assert.matches("| \27[31merror\27[0m     |", shown, 1, true)
    assert.is_nil(printed({ column = { "status" } }):find "\27")
    local creating = cells.shown({ status = "CREATING" }, columns.SNAPSHOT[4], { colours = true })
    assert.equal("33", creating.colour)
  end)
end)

describe("fields", function()
  it("are JSON by the same names as in a list", function()
    assert.equal('{"id": "b1", "metadata": {"a": "x y", "b": "2"}}\n',
      printed({ format = "json", noindent = true, column = { "id", "metadata" } }, "fields"))
  end)

  it("are values alone, and CSV", function()
    assert.equal("b1\n10\n", printed({ format = "value", column = { "id", "size" } }, "fields"))
    assert.equal('"Field","Value"\n"id","b1"\n"size",10\n',
      printed({ format = "csv", column = { "id", "size" } }, "fields"))
  end)

  it("too wide for a table are told below each other, and never cut", function()
    local narrow = { column = { "id", "description" }, max_width = 30 }
    assert.equal("id:          b1\ndescription: before the\\nupgrade\n",
      printed(narrow, "fields"))
  end)
end)

-- A table of one row, in so many columns; its lines.
local function fitted(row, limit)
  local heads, line = {}, {}
  for i, cell in ipairs(row) do
    heads[i] = { title = cell[1], shrink = cell[3] }
    line[i] = { text = cell[2] }
  end
  local lines = {}
  for part in table_.render(heads, { line }, limit):gmatch "[^\n]+" do
    lines[#lines + 1] = part
  end
  return lines
end

describe("a table", function()
  local ROW = { { "ID", ("i"):rep(36) }, { "Name", ("n"):rep(30), 3 },
    { "Description", ("d"):rep(40), 1 }, { "Properties", ("p"):rep(40), 2 } }

  it("cuts the description first, then properties, then the name, and never an id", function()
    local full = fitted(ROW)
    assert.equal(159, #full[1])
    for limit, cut in pairs { [159] = "", [140] = "d", [125] = "dp", [110] = "dp", [80] = "dpn" } do
      local lines = fitted(ROW, limit)
      assert.equal(5, #lines)
      local found = (lines[4]:find "d…" and "d" or "") .. (lines[4]:find "p…" and "p" or "")
        .. (lines[4]:find "n…" and "n" or "")
      assert.equal(cut, found, limit)
      assert.equal(limit, terminal.width(lines[4]))
      assert.matches(("i"):rep(36), lines[4], 1, true)
    end
  end)

  it("that cannot fit even so is written below each other, whole", function()
    local lines = fitted(ROW, 70)
    assert.same({ "ID:          " .. ("i"):rep(36), "Name:        " .. ("n"):rep(30),
      "Description: " .. ("d"):rep(40), "Properties:  " .. ("p"):rep(40) }, lines)
  end)

  it("counts columns, not bytes", function()
    local lines = fitted({ { "Name", ("漢"):rep(10), 1 } }, 16)
    assert.equal("| 漢漢漢漢漢… |", (lines[4]:gsub("… +|", "… |")))
    assert.equal(16, terminal.width(lines[4]))
    assert.equal(16, terminal.width(lines[1]))
  end)
end)

describe("a text", function()
  it("is shown without effect on the terminal", function()
    assert.equal("a\\nb\\e[31m\\x00\\x7f\\x9b[0mü", text.visible "a\nb\27[31m\0\127\194\155[0mü")
    assert.equal("plain ümläut", text.visible "plain ümläut")
  end)
end)

describe("JSON", function()
  it("says what is in it, whatever that is", function()
    assert.equal('"a\\"b\\\\\\n\\u0001\\u007f/ü"', json.encode 'a"b\\\n\1\127/ü')
    assert.equal("[]", json.encode(json.list {}))
    assert.equal("{}", json.encode {})
    assert.equal("[1, 2.5, true, -3]", json.encode { 1, 2.5, true, -3 })
    assert.equal("12345678901", json.encode(12345678901))
    assert.equal('{"b": [{"c": null}], "a": false}', json.encode(json.object {
      { "b", { json.object { { "c", nil } } } }, { "a", false } }))
  end)
end)

describe("a column", function()
  it("is found by its title, its key and the service's name, in any case", function()
    for _, name in ipairs { "Created At", "created_at", "created-at", "CREATED AT" } do
      assert.equal("created_at", columns.find(columns.SNAPSHOT, name).key)
    end
    assert.equal("properties", columns.find(columns.SNAPSHOT, "metadata").key)
    assert.equal("progress", columns.find(columns.SNAPSHOT,
      "os-extended-snapshot-attributes:progress").key)
    local none, problem = columns.find(columns.SNAPSHOT, "Statsu")
    assert.is_nil(none)
    assert.matches("there is no column 'Statsu'; did you mean 'Status'? There are: ID, Name",
      problem, 1, true)
  end)
end)
