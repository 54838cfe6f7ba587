/**
 * What is done in Redis, each in one step. Keys, all behind the prefix:
 *
 * - `room:…`: the cursor at which a log ends; `log:…`: its messages, a stream whose ids are `<sequence>-0`; `id:…`: the
 *   cursor that an id was given.
 * - `feed`: the messages of all rooms in the order in which they came, a stream that every node reads; `count`: how many
 *   there were, so that who reads it sees when some were cut off.
 * - `words`: what nodes told each other by the feed that is no message; the same ids.
 * - `epoch`: what every generation begins with. A node that has seen an entry of the feed which is not there any more,
 *   and was not cut off, has found that Redis lost what it had acknowledged: then the epoch is another.
 *
 * A log ends `ttl` after its last message. Where it stood is known for twice that after the last message (generations.ts
 * says why), and for longer where it is asked for, or somebody is there; the rest lives longer than any of it. Lives are extended when they get
 * short, not each time: that would make a write of every reading.
 */
const head = `
local call = redis.call
local prefix, fresh, known, seen, seenNumber, ttl = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local feed = prefix .. 'feed'
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function keep(key, least, most)
  if call('PTTL', key) >= least then return false end
  call('PEXPIRE', key, math.floor(most))
  return true
end

local function fieldsOf(entry)
  local fields = {}
  for at = 1, #entry[2], 2 do fields[entry[2][at]] = entry[2][at + 1] end
  return fields
end

local stands = call('MGET', prefix .. 'epoch', prefix .. 'count')
local epoch, count = stands[1], tonumber(stands[2] or 0)

-- What this node has seen in the feed is not there: it was lost, or it was cut off, with all that was before it.
local function isLost()
  if count < seenNumber then return true end
  local last = call('XREVRANGE', feed, seen, '-', 'COUNT', 1)[1]
  if last then return last[1] ~= seen end
  local first = call('XRANGE', feed, '-', '+', 'COUNT', 1)[1]
  return first and tonumber(fieldsOf(first).n) <= seenNumber
end

if not epoch or (epoch == known and seen ~= '' and isLost()) then
  epoch = fresh
  call('SET', prefix .. 'epoch', epoch)
end
if keep(prefix .. 'epoch', 3 * ttl, 4 * ttl) then
  for _, name in ipairs({'count', 'feed', 'words'}) do keep(prefix .. name, 4 * ttl, 4 * ttl) end
end

local function cursor(generation, sequence) return generation .. ':' .. string.format('%d', sequence) end
local function entryId(sequence) return string.format('%d', sequence) .. '-0' end
local current = epoch .. '-' .. string.format('%d', math.floor(now / ttl))

local function standing(room)
  local at = call('GET', prefix .. 'room:' .. room)
  if not at or string.sub(at, 1, #epoch + 1) ~= epoch .. '-' then return nil, 0 end
  local generation, sequence = string.match(at, '^(.*):(%d+)$')
  return generation, tonumber(sequence)
end

local function isOld(entry)
  return tonumber(string.match(fieldsOf(entry).f, '^%d+')) <= now - ttl
end

-- Into the feed, with the next number. Gives the id.
local function feedIn(room, at, length, fields)
  count = call('INCR', prefix .. 'count')
  local id = call('XADD', feed, 'MAXLEN', '~', length, '*', 'n', count, 'r', room, 'c', at, unpack(fields))
  if count == 1 then
    for _, name in ipairs({'count', 'feed'}) do keep(prefix .. name, 4 * ttl, 4 * ttl) end
  end
  return id
end
`;

/** Gives the cursor, whether the id came before, the id in the feed, how many are in the feed, and the epoch. */
export const append = `${head}
local room, most, id, idLife = ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])
local event, payload, users, sockets, feedLength = ARGV[10], ARGV[11], ARGV[12], ARGV[13], ARGV[14]
local idKey = prefix .. 'id:' .. #room .. ':' .. room .. id
local before = call('GET', idKey)
if before then return {before, 1, '', count, epoch} end

local log = prefix .. 'log:' .. room
local generation, sequence = standing(room)
if not generation then
  generation = current
  call('DEL', log)
end
sequence = sequence + 1
local at = cursor(generation, sequence)
local fields = {'e', event, 'p', payload}
local function add(name, value)
  if value == '' then return end
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
add('u', users)
add('x', sockets)
local feedId = feedIn(room, at, feedLength, fields)
call('XADD', log, 'MAXLEN', '~', most, entryId(sequence), 'f', feedId, unpack(fields))
keep(log, ttl, 1.5 * ttl)
call('SET', prefix .. 'room:' .. room, at, 'PX', 2 * ttl)
call('SET', idKey, at, 'PX', idLife)
-- Now and then, some of those that are too old: a room that is never silent does not keep them either.
if sequence % 16 == 0 then
  for _, entry in ipairs(call('XRANGE', log, '-', '+', 'COUNT', 48)) do
    if not isOld(entry) then break end
    call('XDEL', log, entry[1])
  end
end
return {at, 0, feedId, count, epoch}`;

/** Puts words into the feed, and beside it, for who finds it cut off. Gives the id, how many are in the feed, the epoch. */
export const tell = `${head}
local room, words, feedLength = ARGV[6], ARGV[7], ARGV[8]
local at = cursor(current, 0)
local id = feedIn(room, at, feedLength, {'w', words})
call('XADD', prefix .. 'words', 'MAXLEN', '~', feedLength, id, 'r', room, 'w', words)
keep(prefix .. 'words', 3 * ttl, 4 * ttl)
return {id, count, epoch}`;

/** Gives how many are in the feed, the epoch, and for each room its cursor, a word and the messages. */
export const read = `${head}
local most, left, bytes = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local isFirst = true

local function isRightBefore(one, other)
  local start = #epoch + 2
  if string.sub(one, 1, start - 1) ~= string.sub(other, 1, start - 1) then return false end
  local a, b = tonumber(string.sub(one, start)), tonumber(string.sub(other, start))
  return a ~= nil and b ~= nil and b - a == 1
end

-- Messages after a place, where they end, and whether there are more; nothing where the first of them is gone.
local function after(log, place, last)
  local messages, taken = {}, place
  while taken < last do
    local chunk = call('XRANGE', log, entryId(taken + 1), '+', 'COUNT', 16)
    if #chunk == 0 or chunk[1][1] ~= entryId(taken + 1) or isOld(chunk[1]) then return nil end
    for _, entry in ipairs(chunk) do
      local fields = fieldsOf(entry)
      local isOver = left < 1 or #fields.p > bytes
      if isOver and not (isFirst and left > 0) then return messages, taken, 1 end
      isFirst, left, bytes, taken = false, left - 1, bytes - #fields.p, taken + 1
      messages[#messages + 1] = {taken, fields.e, fields.p, fields.u or ''}
    end
  end
  return messages, taken, 0
end

local pages = {}
for at = 9, #ARGV, 3 do
  local room, asked, place = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local generation, last = standing(room)
  if generation then keep(prefix .. 'room:' .. room, 1.5 * ttl, 2 * ttl) end
  generation = generation or current
  if asked == '' then place = last
  elseif asked ~= generation and not (place == 0 and isRightBefore(asked, generation)) then place = nil
  elseif place > last or place < last - most then place = nil end
  local messages, taken, more
  if place then messages, taken, more = after(prefix .. 'log:' .. room, place, last) end
  if messages then pages[#pages + 1] = {cursor(generation, taken), more == 1 and 'more' or '', messages}
  else pages[#pages + 1] = {cursor(generation, last), 'reset', {}} end
end
return {count, epoch, pages}`;

/** Gives the epoch, the last id of the feed, how many there were, and what a room begins with that nobody has written to. */
export const look = `${head}
local last = call('XREVRANGE', feed, '+', '-', 'COUNT', 1)[1]
return {epoch, last and last[1] or '0-0', count, cursor(current, 0)}`;

/** Gives what was added to each room since an id of the feed, oldest first: cursor, event, payload, users, sockets, feed id. */
export const since = `${head}
local function isAfter(one, other)
  local a, b = string.match(one, '^(%d+)-(%d+)$')
  local c, d = string.match(other, '^(%d+)-(%d+)$')
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  return a > c or (a == c and b > d)
end
local rooms = {}
for at = 7, #ARGV do
  local messages, to = {}, '+'
  local generation = standing(ARGV[at])
  while generation and to do
    local chunk = call('XREVRANGE', prefix .. 'log:' .. ARGV[at], to, '-', 'COUNT', 16)
    to = nil
    for _, entry in ipairs(chunk) do
      local fields = fieldsOf(entry)
      if not isAfter(fields.f, ARGV[6]) then to = nil break end
      local sequence = tonumber(string.match(entry[1], '^%d+'))
      table.insert(messages, 1, {cursor(generation, sequence), fields.e, fields.p, fields.u or '', fields.x or '', fields.f})
      to = '(' .. entry[1]
    end
  end
  rooms[#rooms + 1] = messages
end
return rooms`;

/** Says that somebody is in these rooms. */
export const touch = `${head}
for at = 6, #ARGV do
  if standing(ARGV[at]) then keep(prefix .. 'room:' .. ARGV[at], 1.5 * ttl, 2 * ttl) end
end
return count`;

/** Gives what was told since an id of the feed, oldest first: room, words. */
export const toldSince = `${head}
local told = {}
for _, entry in ipairs(call('XRANGE', prefix .. 'words', '(' .. ARGV[6], '+')) do
  local fields = fieldsOf(entry)
  told[#told + 1] = {fields.r, fields.w}
end
return told`;
