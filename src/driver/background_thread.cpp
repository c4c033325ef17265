// SPDX-License-Identifier: MIT
#include "driver/background_thread.h"

#include <pthread.h>

#include <cfenv>
#include <csignal>
#include <vector>

#include "base/immortal.h"

namespace pyjion::driver {

namespace {

/// RyuJIT recurses over the code.
constexpr size_t kStackBytes = 8 * 1024 * 1024;

std::atomic<bool> hasNews = false;

}  // namespace

/// The one of the process. Its mutex is held around a fork, so that the child finds it whole.
class BackgroundThread {
  public:
    static BackgroundThread& instance() {
        static base::Immortal<BackgroundThread> thread;
        return *thread;
    }

    bool add(const std::shared_ptr<BackgroundWork>& work);
    void end();
    void setListener(void (*listener)()) { listener_ = listener; }

  private:
    friend class base::Immortal<BackgroundThread>;
    BackgroundThread() = default;

    bool start();
    static void* run(void*);
    void workOff();
    void loseAll();

    static void beforeFork() { pthread_mutex_lock(&instance().mutex_); }
    static void inParent() { pthread_mutex_unlock(&instance().mutex_); }
    static void inChild();

    static void change(BackgroundWork& work, BackgroundWork::State state) {
        work.state_.store(state, std::memory_order_release);
        hasNews = true;
    }

    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
    std::vector<std::weak_ptr<BackgroundWork>> queue_;
    std::shared_ptr<BackgroundWork> begun_;
    std::atomic<void (*)()> listener_ = nullptr;
    pthread_t thread_ = {};
    bool runs_ = false;
    bool ends_ = false;
};

bool BackgroundThread::add(const std::shared_ptr<BackgroundWork>& work) {
    pthread_mutex_lock(&mutex_);
    const bool runs = start();
    try {
        if (runs) {
            queue_.push_back(work);
            pthread_cond_signal(&changed_);
        }
    } catch (...) {
        pthread_mutex_unlock(&mutex_);
        throw;
    }
    pthread_mutex_unlock(&mutex_);
    return runs;
}

bool BackgroundThread::start() {
    if (runs_) {
        return true;
    }
    static const bool watchesForks = pthread_atfork(beforeFork, inParent, inChild) == 0;
    pthread_attr_t attributes;
    if (!watchesForks || pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attributes, kStackBytes);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    runs_ = pthread_create(&thread_, &attributes, run, nullptr) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return runs_;
}

void* BackgroundThread::run(void*) {
    pthread_setname_np(pthread_self(), "pyjion compiler");
    std::fesetenv(FE_DFL_ENV);  // not what the thread has that asked first
    instance().workOff();
    return nullptr;
}

void BackgroundThread::workOff() {
    pthread_mutex_lock(&mutex_);
    while (!ends_) {
        if (queue_.empty()) {
            pthread_cond_wait(&changed_, &mutex_);
            continue;
        }
        const std::shared_ptr<BackgroundWork> work = queue_.front().lock();
        queue_.erase(queue_.begin());
        if (!work) {
            continue;
        }
        begun_ = work;
        pthread_mutex_unlock(&mutex_);
        work->run();
        pthread_mutex_lock(&mutex_);
        if (!work->isLost()) {
            change(*work, BackgroundWork::State::Done);
        }
        begun_.reset();
        if (void (*listener)() = listener_) {
            listener();
        }
    }
    pthread_mutex_unlock(&mutex_);
}

void BackgroundThread::loseAll() {
    for (const std::weak_ptr<BackgroundWork>& waiting : queue_) {
        if (const std::shared_ptr<BackgroundWork> work = waiting.lock()) {
            change(*work, BackgroundWork::State::Lost);
        }
    }
    queue_.clear();
    if (begun_) {
        change(*begun_, BackgroundWork::State::Lost);
        begun_.reset();
    }
}

void BackgroundThread::end() {
    pthread_mutex_lock(&mutex_);
    const bool runs = runs_;
    ends_ = runs;
    loseAll();
    pthread_cond_signal(&changed_);
    pthread_mutex_unlock(&mutex_);
    if (runs) {
        pthread_join(thread_, nullptr);
    }
    pthread_mutex_lock(&mutex_);
    runs_ = false;
    ends_ = false;
    pthread_mutex_unlock(&mutex_);
}

/// The child has the thread that forked and no other; the next work makes a new one.
void BackgroundThread::inChild() {
    BackgroundThread& self = instance();
    self.changed_ = PTHREAD_COND_INITIALIZER;
    self.runs_ = false;
    self.ends_ = false;
    self.loseAll();
    pthread_mutex_unlock(&self.mutex_);
}

bool doInBackground(const std::shared_ptr<BackgroundWork>& work) {
    return BackgroundThread::instance().add(work);
}

void setBackgroundListener(void (*listener)()) {
    BackgroundThread::instance().setListener(listener);
}

bool hasBackgroundNews() {
    return hasNews.load(std::memory_order_relaxed) && hasNews.exchange(false);
}

void endBackground() {
    BackgroundThread::instance().end();
}

}  // namespace pyjion::driver
