/**
 * JupyterLab's part of the start page: a module federation container, written by hand.
 *
 * A lesson opens ready to be answered, as all cells but those that wait for the trainee run by
 * themselves, and a button leads back to the start page. Without a start page, or in other
 * notebooks, nothing happens. In the course's own server buttons lead to the report and
 * the formgrader.
 */
(() => {
  "use strict";

  const WORDS = {
    zh: {
      home: "课程首页",
      hint: "保存这一课，回到课程首页",
      report: "班级报告",
      formgrader: "批改（formgrader）",
      newTab: "在新标签页里打开",
    },
    en: {
      home: "Course home",
      hint: "Save this lesson and go back to the course's start page",
      report: "Cohort report",
      formgrader: "Formgrader",
      newTab: "Opens in a new tab",
    },
  };

  const STYLE = `
    #clientcourse-home, #clientcourse-formgrader, #clientcourse-report { flex: none; display: flex; align-items: center; padding: 0 8px; }
    :is(#clientcourse-home, #clientcourse-formgrader, #clientcourse-report) a {
      border-radius: 6px; padding: 2px 10px; white-space: nowrap; text-decoration: none;
      background: color-mix(in srgb, var(--jp-brand-color1) 78%, #000); color: #fff;
      font: 600 var(--jp-ui-font-size1)/1.6 var(--jp-ui-font-family);
    }
    :is(#clientcourse-home, #clientcourse-formgrader, #clientcourse-report) a:hover { filter: brightness(0.92); }
    :is(#clientcourse-home, #clientcourse-formgrader, #clientcourse-report) a:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: 2px; }
    .cc-shown > .jp-Cell-inputWrapper { display: none; }
    .cc-shown .jp-OutputPrompt { visibility: hidden; }
  `;

  let shared; // what JupyterLab shares with its extensions, by package and version

  /** Take a package that JupyterLab has loaded itself. */
  async function take(name) {
    const versions = Object.values(shared[name]);
    const one = versions.find((version) => version.loaded) ?? versions[0];
    return (await one.get())();
  }

  async function makePlugin() {
    const [{ CodeCell }, { PageConfig, URLExt }, { INotebookTracker }, { ServerConnection },
      { ITranslator }, { Widget }] = await Promise.all(
      ["cells", "coreutils", "notebook", "services", "translation"]
        .map((name) => `@jupyterlab/${name}`)
        .concat("@lumino/widgets")
        .map(take),
    );
    const start = PageConfig.getOption("clientcourseStart");
    const report = PageConfig.getOption("clientcourseReport");
    const formgrader = PageConfig.getOption("clientcourseFormgrader");

    /** Return which cells may run by themselves: source to whether its code can be put away. */
    async function showingCells(panel) {
      const settings = ServerConnection.makeSettings();
      const path = encodeURIComponent(panel.context.localPath);
      const url = `${URLExt.join(settings.baseUrl, "clientcourse/showing")}?path=${path}`;
      const reply = await ServerConnection.makeRequest(url, {}, settings);
      return new Map(reply.ok ? Object.entries((await reply.json()).cells) : []);
    }

    /** Run those cells, from the first to the last, once the kernel is there. */
    async function show(app, panel) {
      await panel.context.ready;
      const showing = await showingCells(panel);
      if (!showing.size) return;
      app.shell.collapseLeft(); // files are no concern of one who answers questions
      await panel.sessionContext.ready;
      const cells = panel.content.widgets
        .map((cell) => [cell, cell.model.sharedModel.getSource()])
        .filter(([cell, source]) => cell.model.type === "code" && showing.has(source));
      for (const [number, [cell, source]] of cells.entries()) {
        if (panel.isDisposed || !panel.sessionContext.session?.kernel) return;
        const reply = await CodeCell.execute(cell, panel.sessionContext).catch(() => undefined);
        const ran = reply?.content.status === "ok";
        // Where it went well, code that is no example tells a trainee nothing.
        cell.toggleClass("cc-shown", ran && showing.get(source));
        if (!ran && number === 0) return; // without the lesson, all others would only complain
      }
    }

    /** Return a button in a widget of its own. */
    function button(id, address, text, hint) {
      const link = document.createElement("a");
      link.href = address;
      link.textContent = text;
      link.title = hint;
      const widget = new Widget();
      widget.id = id;
      widget.node.append(link);
      return [widget, link];
    }

    /** Return a button that opens a page beside JupyterLab. */
    function tabButton(id, address, text, hint) {
      const [widget, link] = button(id, address, text, hint);
      link.target = "_blank";
      return widget;
    }

    /** Return a button that leads back to the start page. */
    function homeButton(tracker, words) {
      const [widget, link] = button("clientcourse-home", start, `← ${words.home}`, words.hint);
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        const saving = [];
        tracker.forEach((panel) => panel.model?.dirty && saving.push(panel.context.save()));
        await Promise.allSettled(saving);
        location.assign(start);
      });
      return widget;
    }

    return {
      id: "clientcourse:start",
      description: "Opens lessons ready to be answered, and leads back to the start page",
      autoStart: true,
      requires: [INotebookTracker],
      optional: [ITranslator],
      activate: (app, tracker, translator) => {
        if (!start && !report) return;
        const words = WORDS[(translator?.languageCode ?? "en").startsWith("zh") ? "zh" : "en"];
        const style = document.createElement("style");
        style.textContent = STYLE;
        document.head.append(style);
        for (const [id, address, text] of [
          ["clientcourse-formgrader", formgrader, words.formgrader],
          ["clientcourse-report", report, words.report],
        ]) {
          if (address) app.shell.add(tabButton(id, address, text, words.newTab), "top", { rank: 900 });
        }
        if (!start) return;
        const home = homeButton(tracker, words);
        app.shell.add(home, "top", { rank: 50 }); // before the menus, which a narrow window cuts off
        void app.restored.then(() => app.shell.collapseRight()); // nothing is left in there
        tracker.widgetAdded.connect((_tracker, panel) => void show(app, panel));
      },
    };
  }

  (window._JUPYTERLAB ??= {}).clientcourse = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const plugin = await makePlugin();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
