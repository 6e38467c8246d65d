// Everything works without this file; it makes a few things nicer.
"use strict";

// Times in the reader's own time zone, named.
for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.getTime())) continue;
  time.title = time.textContent;
  time.textContent = moment.toLocaleString(document.documentElement.lang, {
    weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  });
}

// What was just done, or has to be mended, is where reading goes on.
const first = document.querySelector("#faults, #done");
if (first) first.focus();

// A second click while the first is under way changes nothing, so say so.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) {
      setTimeout(() => { button.disabled = true; }, 0);
      setTimeout(() => { button.disabled = false; }, 4000);
    }
  });
}

// Two minutes before the session ends, offer to stay.
const ending = document.getElementById("ending");
if (ending) {
  const seconds = Number(ending.dataset.seconds);
  let timer = 0;
  const wait = () => {
    ending.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(() => { ending.hidden = false; }, Math.max(seconds - 120, 1) * 1000);
  };
  ending.querySelector("button").addEventListener("click", async () => {
    const body = new URLSearchParams({ form_token: ending.dataset.token });
    const answer = await fetch("/desk/stay", { method: "POST", body });
    if (answer.ok) wait();
    else location.assign("/desk/sign-in");
  });
  wait();
}
