// SPDX-License-Identifier: BSL-1.0
//
// git_repository.cpp: finding a repository, and running git on its objects with everything else out of the way.
#include "git_repository.hpp"

#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

extern char** environ;

namespace git_ledger {
namespace {

namespace fs = std::filesystem;

/// This program's environment without what would point git elsewhere; `extra` is added. With `keep_settings`, what
/// configures git and where it searches stays: the question "which repository is this?" has to be answered as the
/// user's own git would.
std::vector<std::string> environment(bool keep_settings, std::vector<std::string> extra) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable{*entry};
    const std::string_view name = variable.substr(0, variable.find('='));
    const bool is_setting =
        name.starts_with("GIT_CONFIG") || name.starts_with("GIT_CEILING_") || name.starts_with("GIT_DISCOVERY_");
    if (name.starts_with("GIT_") && !(is_setting && keep_settings)) continue;
    if (name == "LC_ALL" || (!keep_settings && (name == "HOME" || name == "XDG_CONFIG_HOME"))) continue;
    extra.emplace_back(variable);
  }
  extra.emplace_back("LC_ALL=C");
  return extra;
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  if (!file.flush()) throw process_error{"can't write " + path};
}

constexpr std::uint64_t big_file_bytes = 512ULL << 20;  // git's default for core.bigFileThreshold
constexpr std::size_t probed_bytes = 8000;              // where git looks for a NUL

}  // namespace

private_git_directory::private_git_directory(const std::string& object_format, const std::string& shallow_file) {
  std::string name = (fs::temp_directory_path() / "git_ledger.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw process_error{"can't make a temporary directory like " + name};
  path_ = std::move(name);
  fs::create_directory(path_ + "/refs");
  fs::create_directory(path_ + "/objects");
  write_file(path_ + "/HEAD", "ref: refs/heads/none\n");
  write_file(path_ + "/config",
             object_format == "sha1"
                 ? "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n"
                 : "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = " +
                       object_format + "\n");
  if (fs::exists(shallow_file)) fs::copy_file(shallow_file, path_ + "/shallow");
}

private_git_directory::~private_git_directory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

git_repository::git_repository(const std::string& path) : path_{path} {
  git_directory_ = find_git_directory();
  objects_ = ask({"rev-parse", "--path-format=absolute", "--git-path", "objects"});
  has_work_tree_ = ask({"rev-parse", "--is-inside-work-tree"}) == "true";
  const fs::path root = has_work_tree_ ? ask({"rev-parse", "--show-toplevel"}) : git_directory_;
  name_ = root.extension() == ".git" && root.stem() != "" ? root.stem().string() : root.filename().string();
  if (name_ == ".git" || name_.empty()) name_ = root.parent_path().filename().string();
  if (name_.empty()) name_ = "repository";

  const std::string shallow_file = ask({"rev-parse", "--path-format=absolute", "--git-path", "shallow"});
  std::ifstream shallow{shallow_file};
  for (std::string id; std::getline(shallow, id);) shallow_boundary_.insert(id);
  private_directory_ =
      std::make_unique<private_git_directory>(ask({"rev-parse", "--show-object-format"}), shallow_file);
}

std::string git_repository::find_git_directory() const {
  if (!fs::exists(path_)) throw process_error{"there is no folder " + path_};
  try {
    return ask({"rev-parse", "--absolute-git-dir"});
  } catch (const process_error& refused) {
    // git may have another reason, such as a repository of another user: then its own words say more.
    if (std::string_view{refused.what()}.find("not a git repository") == std::string_view::npos) throw;
    throw process_error{path_ + " isn't a git repository, or a folder in one", refused.exit_code()};
  }
}

std::string git_repository::ask(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"git", "--no-replace-objects", "-C", path_});
  child_process git{std::move(arguments), environment(true, {})};
  std::string answer;
  for (std::string_view piece = git.read_some(4096); !piece.empty(); piece = git.read_some(4096)) answer += piece;
  git.finish();
  if (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

child_process git_repository::start(std::vector<std::string> arguments, child_process::input how,
                                    const scratch_file* from) const {
  arguments.insert(arguments.begin(), "git");
  const std::string& home = private_directory_->path();
  return child_process{std::move(arguments),
                       environment(false, {"GIT_DIR=" + home, "GIT_OBJECT_DIRECTORY=" + objects_, "HOME=" + home,
                                           "XDG_CONFIG_HOME=" + home, "GIT_CONFIG_NOSYSTEM=1", "GIT_ATTR_NOSYSTEM=1"}),
                       how, from};
}

std::optional<std::string> git_repository::head() const {
  child_process git{{"git", "--no-replace-objects", "-C", path_, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"},
                    environment(true, {})};
  std::string id;
  for (std::string_view piece = git.read_some(4096); !piece.empty(); piece = git.read_some(4096)) id += piece;
  const int code = git.wait();  // 1: there is no such commit
  if (code > 1) throw git.failure("exit code " + std::to_string(code), code);
  return code == 0 && id.ends_with('\n') ? std::optional{id.substr(0, id.size() - 1)} : std::nullopt;
}

bool git_repository::is_ancestor(const std::string& commit, const std::string& of) const {
  if (start({"cat-file", "-e", commit + "^{commit}"}).wait() != 0) return false;
  child_process git = start({"merge-base", "--is-ancestor", commit, of});
  const int code = git.wait();
  if (code > 1) throw git.failure("exit code " + std::to_string(code), code);
  return code == 0;
}

void git_repository::list_tree(const std::string& commit, const std::function<void(const tree_file&)>& each) const {
  child_process git = start({"ls-tree", "-r", "-z", "--full-tree", commit});
  for (std::string entry; git.read_until('\0', entry);) {
    // <mode> <type> <id> TAB <path>
    const std::size_t tab = entry.find('\t');
    const std::size_t mode_end = entry.find(' ');
    const std::size_t type_end = mode_end == std::string::npos ? mode_end : entry.find(' ', mode_end + 1);
    if (tab == std::string::npos || type_end == std::string::npos || type_end > tab)
      throw git.failure("unexpected output: " + entry);
    each({entry.substr(0, mode_end), entry.substr(type_end + 1, tab - type_end - 1), entry.substr(tab + 1)});
  }
  git.finish();
}

void git_repository::list_index(const std::function<void(const std::string&)>& each) const {
  child_process git{{"git", "-C", path_, "ls-files", "-z", "--full-name", ":/"}, environment(true, {})};
  for (std::string path; git.read_until('\0', path);) each(path);
  git.finish();
}

blob_reader::blob_reader(const git_repository& repository)
    : git_{repository.start({"cat-file", "--batch"}, child_process::input::pipe)} {}

std::optional<std::uint64_t> blob_reader::text_lines(const std::string& id) {
  git_.write(id + '\n');
  std::string answer;  // <id> blob <size>, or <id> missing
  if (!git_.read_until('\n', answer)) throw git_.failure("no answer for " + id);
  const std::size_t space = answer.rfind(' ');
  if (!answer.starts_with(id + " blob ")) throw git_.failure("not a blob that can be read: " + answer);
  const std::uint64_t size = std::stoull(answer.substr(space + 1));

  std::uint64_t lines = 0;
  std::uint64_t seen = 0;
  bool binary = size > big_file_bytes;
  char last = '\n';
  while (seen < size) {
    const std::string_view piece = git_.read_some(static_cast<std::size_t>(size - seen));
    if (piece.empty()) throw git_.failure("output ended inside " + id);
    if (seen < probed_bytes && piece.substr(0, probed_bytes - static_cast<std::size_t>(seen)).find('\0') != piece.npos)
      binary = true;
    for (const char letter : piece) lines += letter == '\n';
    last = piece.back();
    seen += piece.size();
  }
  if (last != '\n') ++lines;
  if (git_.read_some(1) != "\n") throw git_.failure("output ended after " + id);
  return binary ? std::nullopt : std::optional{lines};
}

}  // namespace git_ledger
