// SPDX-License-Identifier: BSL-1.0
//
// git_changes.cpp: reads the differences of a plan's commits from one `git diff-tree --stdin`, which is told for each
// commit what to compare it with. With -z, nothing in a path needs quoting, and what a token is follows from its place.
#include "git_history.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <utility>

namespace git_ledger {
namespace {

constexpr std::string_view absent_mode = "000000";
constexpr std::string_view submodule_mode = "160000";

/// One path as diff-tree reports it: first a line of --raw, later a line of --numstat.
struct raw_entry {
  std::string old_mode, new_mode, old_id, new_id;
  char status{};
  std::string from, path;
  std::optional<std::uint64_t> added, removed;  // none: git calls the old or the new content binary
};

std::uint64_t to_number(std::string_view text, child_process& git) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw git.failure("not a number: " + std::string{text});
  return value;
}

/// A commit can hold any date, also one that is none: 0 then.
std::int64_t to_seconds(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

class diff_reader {
 public:
  diff_reader(const git_repository& repository, const scratch_file& requests)
      : repository_{repository},
        git_{repository.start(
            {"diff-tree", "--stdin", "--root", "--always", "-r", "-z", "--raw", "--no-abbrev", "--numstat",
             "--find-renames=50%", "-l1000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none",
             "--diff-algorithm=myers", "--encoding=UTF-8", "--format=%x01%H%x00%an%x00%ae%x00%at"},
            child_process::input::none, &requests)} {}

  /// The next commit; false at the end. A commit is handed over when the next one has begun or git has ended well,
  /// never before.
  bool next(commit_record& record) {
    if (!has_token_ && !advance()) return false;
    if (!token_.starts_with('\1')) throw git_.failure("unexpected output instead of a commit: " + token_);
    record.id = token_.substr(1);
    record.author_name = require();
    record.author_email = require();
    record.authored_at_s = to_seconds(require());
    record.files.clear();

    std::deque<raw_entry> entries;
    bool more = advance();
    if (more && token_.starts_with('\n')) token_.erase(0, 1);  // stands between the commit and its differences
    for (; more && token_.starts_with(':'); more = advance()) entries.push_back(read_raw());
    auto place = entries.begin();
    for (; more && !token_.starts_with('\1'); more = advance()) read_numstat(place, entries.end());
    for (raw_entry& entry : entries) record.files.push_back(resolve(std::move(entry)));
    return true;
  }

  [[nodiscard]] process_error failure(const std::string& what) { return git_.failure(what); }

 private:
  bool advance() { return has_token_ = git_.read_until('\0', token_); }

  const std::string& require() {
    if (!advance()) throw git_.failure("its output ends in the middle of a commit");
    return token_;
  }

  /// `:100644 100644 <id> <id> M` NUL path NUL; a rename has a score after its letter and two paths.
  raw_entry read_raw() {
    std::array<std::string, 5> fields;
    std::size_t begin = 1;
    for (std::string& field : fields) {
      const std::size_t end = std::min(token_.find(' ', begin), token_.size());
      if (begin >= end) throw git_.failure("unexpected output: " + token_);
      field = token_.substr(begin, end - begin);
      begin = end + 1;
    }
    raw_entry entry{fields[0], fields[1], fields[2], fields[3], fields[4].front(), {}, {}, 0, 0};
    if (std::string_view{"AMDTR"}.find(entry.status) == std::string_view::npos)
      throw git_.failure("unexpected status: " + fields[4]);
    if (entry.status == 'R') entry.from = require();
    entry.path = require();
    return entry;
  }

  /// `3` TAB `1` TAB path NUL, `-` for a number where the content is binary; a rename has an empty path and then two.
  void read_numstat(std::deque<raw_entry>::iterator& place, std::deque<raw_entry>::iterator end) {
    const std::size_t first = token_.find('\t');
    const std::size_t second = first == std::string::npos ? first : token_.find('\t', first + 1);
    if (second == std::string::npos) throw git_.failure("unexpected output: " + token_);
    const std::string added = token_.substr(0, first);
    const std::string removed = token_.substr(first + 1, second - first - 1);
    std::string path = token_.substr(second + 1);
    if (path.empty()) {
      static_cast<void>(require());  // the earlier path: --raw gave it
      path = require();
    }
    // Both lists have one order, but --numstat may leave out a path where it finds no line to count.
    place = std::find_if(place, end, [&](const raw_entry& entry) { return entry.path == path; });
    if (place == end) throw git_.failure("--numstat reports a path that --raw doesn't: " + path);
    const auto number = [&](const std::string& text) {
      return text == "-" ? std::nullopt : std::optional{to_number(text, git_)};
    };
    place->added = number(added);
    place->removed = number(removed);
    ++place;
  }

  /// What the entry means for the sum. Where git gives no number of lines, or counts a submodule's id as one, the blobs
  /// decide.
  file_change resolve(raw_entry&& entry) {
    file_change change;
    change.what = entry.status == 'R'   ? file_change::action::renamed
                  : entry.status == 'D' ? file_change::action::deleted
                                        : file_change::action::changed;
    const bool binary = !entry.added || !entry.removed;
    if (!binary && entry.old_mode != submodule_mode && entry.new_mode != submodule_mode) {
      change.added = *entry.added;
      change.removed = *entry.removed;
    } else if (binary && entry.old_id == entry.new_id) {
      change.now = content::binary;
    } else {
      const auto [before, removed] = inspect(entry.old_mode, entry.old_id);
      const auto [after, added] = inspect(entry.new_mode, entry.new_id);
      change.now = change.what == file_change::action::deleted ? before : after;
      change.added = added;
      change.removed = removed;
    }
    change.path = std::move(entry.path);
    change.from = std::move(entry.from);
    return change;
  }

  std::pair<content, std::uint64_t> inspect(std::string_view mode, const std::string& id) {
    if (mode == submodule_mode) return {content::submodule, 0};
    if (mode == absent_mode) return {content::text, 0};
    if (!blobs_) blobs_.emplace(repository_);
    const std::optional<std::uint64_t> lines = blobs_->text_lines(id);
    return lines ? std::pair{content::text, *lines} : std::pair{content::binary, std::uint64_t{0}};
  }

  const git_repository& repository_;
  child_process git_;
  std::optional<blob_reader> blobs_;
  std::string token_;
  bool has_token_{false};
};

}  // namespace

void history_plan::read(const git_repository& repository, const std::function<void(commit_record&&)>& each) const {
  scratch_file requests;  // a file, not a pipe: git can read ahead while we read its answers
  for (const step& next : steps_) {
    requests.write(commits_[next.which].id);
    if (next.against != none) requests.write(" " + commits_[next.against].id);
    requests.write("\n");
  }
  requests.rewind();

  diff_reader differences{repository, requests};
  commit_record record;
  for (const step& next : steps_) {
    if (!differences.next(record)) throw differences.failure("its output ends before " + commits_[next.which].id);
    if (record.id != commits_[next.which].id)
      throw differences.failure("expected " + commits_[next.which].id + ", got " + record.id);
    record.mainline = next.mainline;
    record.merge = next.merge;
    record.how = next.how;
    each(std::move(record));
  }
  if (differences.next(record)) throw differences.failure("its output goes on with " + record.id);
}

}  // namespace git_ledger
